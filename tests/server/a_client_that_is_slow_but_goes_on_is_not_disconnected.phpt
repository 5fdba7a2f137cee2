--TEST--
a client that is slow but goes on is not disconnected, though all of it takes longer than the timeout
--FILE--
<?php
require __DIR__ . '/server.inc';

/* A byte about each 100 ms, a second and a half in all. Where this machine lets a whole timeout pass
 * between two bytes, the server is right to close, and it is tried again. */

$server = new TestServer(['--timeout=1']);
$request = store('key', 'value');

do {
    $socket = dial($server);
    $gap = 0;
    $last = microtime(true);
    foreach (str_split($request) as $byte) {
        wait_until(fn () => microtime(true) > $last + 0.1, 'the time for a byte');
        $gap = max($gap, microtime(true) - $last);
        say($socket, $byte);
        $last = microtime(true);
    }
    $answer = hear($socket);
} while ($answer === '' && $gap > 0.9);

fact('it is answered', $answer === "OK\n");
?>
--EXPECT--
it is answered: yes
