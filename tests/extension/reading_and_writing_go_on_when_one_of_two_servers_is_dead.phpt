--TEST--
reading and writing go on when one of two servers is dead
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

foreach ([0, 1] as $dead) {
    $servers = old_servers(2);
    $cache = pool($servers, true);
    foreach (range(1, 20) as $i) {
        $cache->set("key-$i", "value-$i");
    }
    $servers[$dead]->kill();
    $right = $stored = 0;
    foreach (range(1, 20) as $i) {
        $right += $cache->get("key-$i") === "value-$i";
        $stored += $cache->set("key-$i", "value-$i");
    }
    echo "read $right of 20, stored $stored copies\n";
    echo 'none on the one that is up: ';
    var_dump($cache->get('other', 'none'));
    $cache->set('mortal', 'x');
    var_dump($cache->delete('mortal'), $cache->delete('mortal'));
    $servers[$dead]->start();
    echo 'both up: ', $cache->set('key-1', 'value-1'), "\n";
}
?>
--EXPECT--
read 20 of 20, stored 20 copies
none on the one that is up: string(4) "none"
bool(true)
bool(false)
both up: 2
read 20 of 20, stored 20 copies
none on the one that is up: string(4) "none"
bool(true)
bool(false)
both up: 2
