--TEST--
a first server that never answers leaves the second its time
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
require __DIR__ . '/../clock.inc';

$silent = new BrokenServer('silent');
[$up] = old_servers(1);
$cache = new Sharedance(true);
$cache->addServer($silent->object(1));
$cache->addServer($up->object(1));
foreach (['a', 'b'] as $key) {
    var_dump($cache->set($key, 'v'), $cache->get($key), $cache->get("no-$key", 'none'));
}
?>
--EXPECT--
int(1)
string(1) "v"
string(4) "none"
int(1)
string(1) "v"
string(4) "none"
