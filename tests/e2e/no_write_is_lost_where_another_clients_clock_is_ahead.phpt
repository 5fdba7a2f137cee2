--TEST--
no write is lost where another client's clock is ahead
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

/* Two clients know a version of an hour from now, and write one after the other. */
[$a, $b] = servers(2);
$pool = pool([$a, $b], true);
$version = (time() + 3600) * 1000000;
foreach ([$a, $b] as $server) {
    converse($server, "ms key 5 T0 E$version\r\nahead\r\n");
}
$go = scratch() . '/go';
$late = php('operate.inc', [$a->port, $b->port, 'get:key', "wait:$go", 'set:key:late', 'get:key']);
$late->expect('/("ahead")/');
$early = php('operate.inc', [$a->port, $b->port, 'get:key', 'set:key:early', 'get:key']);
$early->wait();
echo $early->log();
touch($go);
$late->wait();
echo $late->log();
var_dump($pool->get('key'), held($a, 'key'), held($b, 'key'));
?>
--EXPECT--
"ahead"
2
"early"
"ahead"
2
"late"
string(4) "late"
string(4) "late"
string(4) "late"
