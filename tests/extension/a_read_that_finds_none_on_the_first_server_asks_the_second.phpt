--TEST--
a read that finds none on the first server asks the second
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

start_on_own_clock();
$servers = servers(3);
$cache = pool($servers, true);
$cache->set('k', 'v');
[$first, $second] = owners($servers, $cache, 'k');
lose_data($first);
time_passes(SETTLING);
var_dump($cache->get('k'));

/* which repaired the first: it has the value without the second now */
$second->kill();
var_dump($cache->get('k'));
$second->start();

/* without redundancy there is only one to ask */
lose_data($first);
var_dump(pool($servers)->get('k', 'none'));
?>
--EXPECT--
string(1) "v"
string(1) "v"
string(4) "none"
