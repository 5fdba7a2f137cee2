--TEST--
an entry stored again lives on, whatever the sweep had planned for it
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

/* Each entry is stored again when it is more than half through its life, and fetched from then on.
 * The sweep comes once a second; the entries' first lives end all over a second, so that some are
 * between the end of the first life and the end of the second when it comes. */

const LIFE = 1.0; /* seconds */
const TICK = 0.002; /* for rounding to milliseconds */
const ENTRIES = 12;

$server = new TestServer(['--expiration=1']);
$begin = microtime(true);
$stored = $early = $found_late = 0;
$due = $again = $gone = [];

wait_until(function () use ($server, $begin, &$stored, &$early, &$found_late, &$due, &$again, &$gone) {
    if ($stored < ENTRIES && microtime(true) > $begin + $stored / ENTRIES) {
        $key = 'key-' . $stored++;
        request($server, store($key, value_of("$key, first", $stored % 3 ? 10 : 5000)));
        $due[$key] = microtime(true) + 0.6 * LIFE;
    }
    foreach ($due as $key => $time) {
        if (!isset($again[$key]) && microtime(true) > $time) {
            /* now short, now long: long ones are kept apart from their keys */
            $again[$key] = microtime(true);
            request($server, store($key, value_of($key, count($again) % 2 ? 10 : 5000)));
        }
    }
    foreach (array_diff_key($again, $gone) as $key => $time) {
        $answer = request($server, fetch($key));
        if ($answer === '') {
            $early += microtime(true) < $time + LIFE - TICK;
            $gone[$key] = true;
        } elseif ($answer !== substr(value_of($key, 5000), 0, strlen($answer))) {
            echo "another answer\n";
        } elseif (microtime(true) > $due[$key] + 0.4 * LIFE) {
            $found_late++;
        }
    }
    return count($gone) === ENTRIES;
}, 'the end of all entries');

fact('found after the end of their first lives', $found_late > 0);
fact('none gone before the end of its second', $early === 0);
fact('nothing failed', lines($server, '/ERROR|WARNING/') === 0);
?>
--EXPECT--
found after the end of their first lives: yes
none gone before the end of its second: yes
nothing failed: yes
