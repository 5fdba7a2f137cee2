--TEST--
on classic servers a read that finds none on the first asks the second
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

$servers = array_map('classic', servers(3));
$cache = pool($servers, true);
var_dump($cache->set('k', 'v'));
/* the first lost it: as after a repair with an empty disk */
$cache->getServer('k')->send('D' . pack('N', 1) . 'k');
var_dump($cache->get('k'));
var_dump($cache->getMulti(['k', 'other']));

/* without redundancy there is only one to ask */
$plain = pool($servers);
var_dump($plain->get('k', 'none'));
?>
--EXPECT--
int(2)
string(1) "v"
array(1) {
  ["k"]=>
  string(1) "v"
}
string(4) "none"
