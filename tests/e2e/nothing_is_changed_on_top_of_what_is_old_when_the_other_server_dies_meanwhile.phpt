--TEST--
nothing is changed on top of what is old when the other server dies meanwhile
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
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

/* The second has answered that it has what is newer, and dies when it is told that this is proven, or behind
 * what needs no proof. */
foreach (["increment:$number", "replace:$absent:new", "add:$value:new"] as $operation) {
    $gate = new Gate($b, '/^mg \S+ .*\bU\d/');
    $client = php('operate.inc', [$a->port, $gate->port, $operation]);
    wait_until(fn () => $gate->holds() || !$client->running(), 'a proof, or an end without one');
    $b->kill();
    $gate->open();
    $client->wait();
    $b->start();
    echo strtok($operation, ':'), ': ', preg_replace('/Exception: .*/', 'Exception"', $client->log());
}
var_dump($pool->get($number), $pool->get($absent), $pool->get($value));
?>
--EXPECTREGEX--
increment: (8|"SharedanceException")
replace: (false|"SharedanceException")
add: (false|"SharedanceException")
string\(1\) "[78]"
bool\(false\)
string\(1\) "7"
