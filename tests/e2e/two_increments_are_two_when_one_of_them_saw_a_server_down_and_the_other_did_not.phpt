--TEST--
two increments are two when one of them saw a server down and the other did not
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

[$a, $b] = servers(2);
$pool = pool([$a, $b], true);
[$key] = keys_of($pool, $a, 1);
$pool->set($key, '5');

/* one has found the first down, and is about to ask the second */
$a->kill();
$decision = new Gate($b, '/^ma /');
$one = php('operate.inc', [$a->port, $decision->port, "increment:$key"]);
$decision->await();

/* two comes when the first is up again: it waits for one, or looks at both before one has decided */
$a->start();
$look = new Gate($a, "/^mg $key /");
$two = php('operate.inc', [$look->port, $b->port, "increment:$key"]);
usleep(300000); /* as far as it gets; the outcome is to be right wherever that is */

$decision->open();
$one->wait();
$look->open();
$two->wait();
$one = json_decode($one->log());
$two = json_decode($two->log());
$number = (int) $pool->get($key);
$acknowledged = is_int($one) + is_int($two);
echo $number >= 5 + $acknowledged && $one !== $two ? 'right' : "$acknowledged acknowledged, as "
    . json_encode([$one, $two]) . ', and the number is ' . $number, "\n";
?>
--EXPECT--
right
