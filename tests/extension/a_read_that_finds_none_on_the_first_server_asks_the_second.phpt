--TEST--
a read that finds none on the first server asks the second
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/../helper.inc';

$servers = servers(3);
$cache = pool($servers, true);
$cache->set('k', 'v');
/* the first lost its data: as after a repair with an empty disk */
$cache->getServer('k')->send('D' . pack('N', 1) . 'k');
var_dump($cache->get('k'));

/* without redundancy there is only one to ask */
$cache->set('k', 'v');
$plain = pool($servers);
$plain->getServer('k')->send('D' . pack('N', 1) . 'k');
var_dump($plain->get('k', 'none'));
?>
--EXPECT--
string(1) "v"
string(4) "none"
