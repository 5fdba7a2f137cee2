--TEST--
after the retry interval a server that is back takes its share again
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--INI--
sharedance.retry_interval=0.1
--FILE--
<?php
require __DIR__ . '/../helper.inc';

[$a, $b] = servers(2);
$cache = pool([$a, $b], true);
[$key] = array_filter(['a', 'b'], fn ($key) => $cache->getServer($key)->port === $a->port) + ['b'];
$cache->set($key, '1');
$a->kill();
var_dump($cache->set($key, '2'));
echo $cache->getServers()[0]['state'], "\n";

/* a probe that fails is no change */
wait_until(function () use ($cache, $key) {
    $cache->get($key);
    return $cache->getServers()[0]['failures'] >= 3;
}, 'probes that fail');
echo $cache->getServers()[0]['state'], ' ', $cache->getServers()[0]['last_error'], "\n";

$a->start();
wait_until(fn () => $cache->set($key, '3') === 2, 'the first server');
echo $cache->getServers()[0]['state'], "\n";
var_dump($cache->get($key));
?>
--EXPECT--
int(1)
dead
dead Connection refused
alive
string(1) "3"
