--TEST--
an entry is found until it expires and not after, though nothing has swept it yet
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

/* The sweep comes once a second: entries stored all over a second, each fetched again and again,
 * cannot all expire just when it comes. What is early and late is told by the times between which
 * the server must have stored and fetched, however slow the machine. */

const LIFE = 1.0; /* seconds */
const TICK = 0.002; /* for rounding to milliseconds */

$server = new TestServer(['--expiration=1']);
$entries = [];
$begin = microtime(true);
$found = $early = $late = 0;
$gone = [];

wait_until(function () use ($server, $begin, &$entries, &$found, &$early, &$late, &$gone) {
    $now = microtime(true);
    if (count($entries) < 10 && $now > $begin + count($entries) * 0.1) {
        $key = 'key-' . count($entries);
        $length = count($entries) % 2 ? 10 : 5000; /* long values are kept apart from their keys */
        fact("$key is stored", request($server, store($key, value_of($key, $length))) === "OK\n");
        $entries[$key] = [$length, $now, microtime(true)];
    }
    foreach (array_diff_key($entries, $gone) as $key => [$length, $stored_after, $stored_before]) {
        $fetched_after = microtime(true);
        $answer = request($server, fetch($key));
        $fetched_before = microtime(true);
        if ($answer === value_of($key, $length)) {
            $found++;
            $late += $fetched_after > $stored_before + LIFE + TICK;
        } elseif ($answer === '') {
            $early += $fetched_before < $stored_after + LIFE - TICK;
            $gone[$key] = true;
        } else {
            echo "another answer\n";
        }
    }
    return count($gone) === 10;
}, 'the end of all entries');

fact('found before', $found >= 10);
fact('none gone early', $early === 0);
fact('none found late', $late === 0);
fact('an expired entry cannot be deleted', request($server, delete('key-0')) === '');
?>
--EXPECT--
key-0 is stored: yes
key-1 is stored: yes
key-2 is stored: yes
key-3 is stored: yes
key-4 is stored: yes
key-5 is stored: yes
key-6 is stored: yes
key-7 is stored: yes
key-8 is stored: yes
key-9 is stored: yes
found before: yes
none gone early: yes
none found late: yes
an expired entry cannot be deleted: yes
