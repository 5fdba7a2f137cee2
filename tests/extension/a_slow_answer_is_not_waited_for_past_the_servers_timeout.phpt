--TEST--
a slow answer is not waited for past the servers timeout
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/../helper.inc';

/* A byte every 20 ms for half a minute: each one is in time, the whole is not. */
$slow = new BrokenServer('trickles', bin2hex(str_repeat('x', 1500)));
$server = $slow->object(0.5);
$begin = hrtime(true);
report(fn () => $server->send(fetch('k')));
echo (hrtime(true) - $begin) / 1e9 < 20 ? 'in time' : 'too late', "\n";
?>
--EXPECTF--
SharedanceTimeoutException: Failed to send command to [127.0.0.1:PORT] "no complete answer within N ms (%d bytes received)"
in time
