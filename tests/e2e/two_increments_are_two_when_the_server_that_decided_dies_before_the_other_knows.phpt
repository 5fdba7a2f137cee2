--TEST--
two increments are two when the server that decided dies before the other knows
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

/* it has decided on the first, and is on its way to the second */
$gate = new Gate($b, '/^ms /');
$one = php('operate.inc', [$a->port, $gate->port, "increment:$key"]);
$gate->await();
$a->kill();
ini_set('sharedance.timeout', '2');
$two = outcome(fn () => $pool->increment($key)); /* it waits for the other in vain */
ini_set('sharedance.timeout', '60');
$gate->open();
$one->wait();
$one = json_decode($one->log());
$a->start();
$number = (int) $pool->get($key);

/* what is acknowledged is counted; what failed may be */
$acknowledged = is_int($one) + is_int($two);
echo $number >= 5 + $acknowledged && $one !== $two ? 'right' : "$acknowledged acknowledged, as "
    . json_encode([$one, $two]) . ', and the number is ' . $number, "\n";
?>
--EXPECT--
right
