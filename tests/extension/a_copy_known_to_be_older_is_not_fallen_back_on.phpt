--TEST--
a copy known to be older is not fallen back on
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

/* The second server tells that it has something newer, and then does not get round to sending it. */
$servers = servers(2);
$hold = scratch() . '/hold';
$relay = relayed($servers[1], 'holds', $hold, '400');
$cache = new Sharedance(true);
$cache->addServer($servers[0]->object(1));
$cache->addServer($relay->object(1));
$key = $cache->getServer('a')->port === $servers[0]->port ? 'a' : 'b'; /* the relay's is the second */
var_dump($cache->set($key, 'old'));
pool([$servers[1]])->set($key, str_repeat('new', 10000));
var_dump($cache->has($key)); /* on a connection that stands now */
touch($hold);
report(fn () => $cache->get($key));
report(fn () => $cache->getMulti([$key]));
unlink($hold);
var_dump($cache->get($key) === str_repeat('new', 10000));
?>
--EXPECTF--
int(2)
bool(true)
SharedanceTimeoutException: [127.0.0.1:PORT] has an older copy; Failed to send command to [127.0.0.1:PORT] "no complete answer within N ms (%d bytes received)"
SharedanceTimeoutException: [127.0.0.1:PORT] has an older copy; Failed to send command to [127.0.0.1:PORT] "no complete answer within N ms (%d bytes received)"
bool(true)
