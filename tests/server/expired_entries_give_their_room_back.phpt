--TEST--
expired entries give their room back without being asked for
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer(['--expiration=1', '--maxsize=1M']);

function fill(TestServer $server): int
{
    static $count = 0;

    for ($stored = 0; $stored < 1000; $stored++) {
        $key = 'key-' . ++$count;
        if (request($server, store($key, value_of($key, 10000))) !== "OK\n") {
            break;
        }
    }
    return $stored;
}

$first = fill($server);
fact('full', $first > 50 && $first < 105);
wait_until(fn () => request($server, store('small', 'value')) === "OK\n", 'room for a small entry');

/* all of the room comes back, not a part: again and again the same number fits */
$most = 0;
wait_until(function () use ($server, $first, &$most) {
    usleep(1200000); /* until all of the last time has expired */
    $most = max($most, fill($server));
    return $most >= $first - 1;
}, 'room for as many entries as before');
fact('the room is all there again', $most >= $first - 1);
fact('ends with 0', $server->stop() === 0);
?>
--EXPECT--
full: yes
the room is all there again: yes
ends with 0: yes
