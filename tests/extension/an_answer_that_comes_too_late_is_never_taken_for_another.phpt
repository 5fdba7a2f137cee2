--TEST--
an answer that comes too late is never taken for another
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/../helper.inc';

/* The relay keeps an answer back, whole or from its middle on, until the operation is over. */
$server = new TestServer();
$all = pool([$server]);
$ignored = $all->setMulti(['a' => str_repeat('a', 100000), 'b' => str_repeat('b', 100000), 'n' => '1']);
foreach ([0, 1, 20, 5000, 99999] as $length) {
    $hold = scratch() . "/hold-$length";
    $relay = relayed($server, 'holds', $hold, (string) $length);
    $cache = pool([$relay], false, 0.2);
    $patient = pool([$relay], false, 60);
    $patient->has('a');
    touch($hold);
    echo $length, "\n";
    report(fn () => $cache->get('a'));
    if ($length === 0) {
        report(fn () => $cache->set('s', 'stored'));
        report(fn () => $cache->increment('n'));
        report(fn () => $cache->getMulti(['a', 'b']));
    }
    unlink($hold);
    var_dump($patient->get('b') === str_repeat('b', 100000), $patient->get('none'), $relay->connections());
}
var_dump($all->get('s'), $all->get('n'));
?>
--EXPECTF--
0
SharedanceTimeoutException: Failed to send command to [127.0.0.1:PORT] "no complete answer within N ms (%d bytes received)"
SharedanceTimeoutException: Failed to send command to [127.0.0.1:PORT] "no complete answer within N ms (%d bytes received)"
SharedanceTimeoutException: Failed to send command to [127.0.0.1:PORT] "no complete answer within N ms (%d bytes received)"
SharedanceTimeoutException: Failed to send command to [127.0.0.1:PORT] "no complete answer within N ms (%d bytes received)"
bool(true)
bool(false)
int(6)
1
SharedanceTimeoutException: Failed to send command to [127.0.0.1:PORT] "no complete answer within N ms (%d bytes received)"
bool(true)
bool(false)
int(3)
20
SharedanceTimeoutException: Failed to send command to [127.0.0.1:PORT] "no complete answer within N ms (%d bytes received)"
bool(true)
bool(false)
int(3)
5000
SharedanceTimeoutException: Failed to send command to [127.0.0.1:PORT] "no complete answer within N ms (%d bytes received)"
bool(true)
bool(false)
int(3)
99999
SharedanceTimeoutException: Failed to send command to [127.0.0.1:PORT] "no complete answer within N ms (%d bytes received)"
bool(true)
bool(false)
int(3)
string(6) "stored"
string(1) "2"
