--TEST--
a request must be whole within the timeout and a second for each 64 KB of it, whatever comes meanwhile
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer(['--timeout=1']);

/* Sends byte by byte until the server closes; false: it never does. */
function drip(TestServer $server, string $head): bool
{
    $socket = dial($server);
    say($socket, $head);
    $deadline = microtime(true) + PATIENCE;
    do {
        $readable = [$socket];
        $none = [];
        $closed = stream_select($readable, $none, $none, 0, 50000) === 1 || @fwrite($socket, 'x') !== 1;
    } while (!$closed && microtime(true) < $deadline);
    return $closed;
}

fact('a classic one that drips is cut', drip($server, 'S' . pack('NN', 3, 100000) . 'key'));
fact('a meta one is', drip($server, "ms key 30000000\r\n"));
fact('and a line that never ends', drip($server, 'mg '));
/* of one kind there are two a minute at most */
wait_until(fn () => lines($server, '/disconnected by --timeout.*\(\d+ bytes/') >= 2, 'the lines');

/* 400 KB have 7 seconds here, and need more than one. Where this machine lets a whole timeout pass between
 * two pieces, or takes longer for all, the server is right to close, and it is tried again. */
$value = value_of('key', 400000);
do {
    $socket = dial($server);
    $gap = 0;
    $begun = $last = microtime(true);
    foreach (str_split(store('key', $value), 20001) as $piece) {
        wait_until(fn () => microtime(true) > $last + 0.075, 'the time for a piece');
        $gap = max($gap, microtime(true) - $last);
        say($socket, $piece);
        $last = microtime(true);
    }
    $answer = hear($socket);
} while ($answer === '' && ($gap > 0.9 || $last - $begun > 5));
fact('a slow one that is fast enough is answered', $answer === "OK\n");
fact('and took longer than the timeout', $last - $begun > 1);
?>
--EXPECT--
a classic one that drips is cut: yes
a meta one is: yes
and a line that never ends: yes
a slow one that is fast enough is answered: yes
and took longer than the timeout: yes
