--TEST--
all servers are asked at once
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

/* Each of the relays hands a request on only when the other has one too: asked one after the other,
 * neither would, and the operation would end by its timeout. */
$met = [scratch() . '/one', scratch() . '/two'];
$servers = servers(2);
$relays = [relayed($servers[0], 'meets', $met[0], $met[1]), relayed($servers[1], 'meets', $met[1], $met[0])];
$meet = function (callable $code) use ($met): void {
    foreach ($met as $file) {
        if (file_exists($file)) {
            unlink($file);
        }
    }
    report($code);
};

$keys = array_map(fn (int $i) => "key-$i", range(1, 8));
foreach ([true, false] as $redundancy) {
    $cache = pool($relays, $redundancy, 30);
    echo $redundancy ? "with redundancy\n" : "many keys on two servers\n";
    if ($redundancy) {
        $meet(fn () => $cache->set('k', 'v'));
        $meet(fn () => $cache->get('k'));
        $meet(fn () => $cache->has('k'));
        $meet(fn () => $cache->touch('k', 100));
        $meet(fn () => $cache->get('none', 'none'));
        $meet(fn () => $cache->delete('k'));
    }
    $meet(fn () => $cache->setMulti(array_fill_keys($keys, 'v')));
    $meet(fn () => count($cache->getMulti($keys)));
    $meet(fn () => $cache->deleteMulti($keys));
}

echo "many keys on two classic servers\n";
$met = [scratch() . '/three', scratch() . '/four'];
$cache = new Sharedance();
$cache->addServer((new BrokenServer('meets', bin2hex("OK\n"), $met[0], $met[1]))->object(30));
$cache->addServer((new BrokenServer('meets', bin2hex("OK\n"), $met[1], $met[0]))->object(30));
report(fn () => $cache->setMulti(['a' => 'v', 'b' => 'v']));
?>
--EXPECT--
with redundancy
returned int(2)
returned string(1) "v"
returned bool(true)
returned bool(true)
returned string(4) "none"
returned bool(true)
returned int(8)
returned int(8)
returned int(8)
many keys on two servers
returned int(8)
returned int(8)
returned int(8)
many keys on two classic servers
returned int(2)
