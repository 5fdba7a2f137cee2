--TEST--
both servers of a redundant write are asked at the same time
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/../helper.inc';

/* Each of the two answers only when the other has its request too: asked one after the other,
 * neither would. */
$met = [scratch() . '/one', scratch() . '/two'];
$one = new BrokenServer('meets', bin2hex("OK\n"), $met[0], $met[1]);
$two = new BrokenServer('meets', bin2hex("OK\n"), $met[1], $met[0]);

$cache = new Sharedance(true);
$cache->addServer($one->object(60));
$cache->addServer($two->object(60));
var_dump($cache->set('k', 'v'));
array_map('unlink', $met);
var_dump($cache->delete('k'));
?>
--EXPECT--
int(2)
bool(true)
