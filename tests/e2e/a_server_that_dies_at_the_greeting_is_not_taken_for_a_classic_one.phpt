--TEST--
a server that dies at the greeting is not taken for a classic one
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

/* The first server has old data; a new client meets it as it goes, and again as it is back. */
[$a, $b] = servers(2);
$pool = pool([$a, $b], true);
[$old, $deleted] = keys_of($pool, $a, 2);
$pool->set($old, '1');
$pool->set($deleted, '1');
$a->kill();
$pool->set($old, '2');
$pool->delete($deleted);
$a->start();

$gate = new Gate($a, 'close');
$go = scratch() . '/go';
$client = php('operate.inc', [$gate->port, $b->port, 'get:other', "wait:$go", "get:$old", "get:$deleted"]);
$client->expect('/(\n)/'); /* it found it gone */
$gate->open();
$gate->await(); /* it is back */
touch($go);
$client->wait();
[, $value, $none] = array_map('json_decode', explode("\n", $client->log()));
echo $value === '2' || str_contains($value, 'Exception') ? 'not old' : 'old: ' . json_encode($value), "\n";
echo $none === false || str_contains($none, 'Exception') ? 'not there' : 'there: ' . json_encode($none), "\n";
?>
--EXPECT--
not old
not there
