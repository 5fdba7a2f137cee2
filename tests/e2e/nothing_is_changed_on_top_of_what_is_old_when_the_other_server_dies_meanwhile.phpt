--TEST--
nothing is changed on top of what is old when the other server dies meanwhile
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/e2e.inc';

/* The first has missed what the second has, and both were away. */
[$a, $b] = servers(2);
$pool = pool([$a, $b], true);
[$number, $absent, $value] = keys_of($pool, $a, 3);
foreach ([$number, $absent, $value] as $key) {
    $pool->set($key, '5');
}
$a->kill();
$pool->set($number, '7');
$pool->delete($absent);
$pool->set($value, '7');
$b->kill();
$a->start();
$b->start();

/* The second has answered that it has what is newer, and dies when it is told that this is proven. */
foreach ([["increment:$number"], ["replace:$absent:new"], ["add:$value:new", "get:$value"]] as $operations) {
    $gate = new Gate($b, '/^mg \S+ .*\bP\d/');
    $client = php('operate.inc', [$a->port, $gate->port, ...$operations]);
    $gate->await();
    $b->kill();
    $gate->open();
    $client->wait();
    $b->start();
    echo $operations[0], ': ', preg_replace('/Exception: .*/', 'Exception', $client->log());
}
var_dump($pool->get($number), $pool->get($absent), $pool->get($value));
?>
--EXPECTF--
