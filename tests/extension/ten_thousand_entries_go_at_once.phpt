--TEST--
ten thousand entries go at once
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

/* Values of all sizes, some larger than any buffer, in one request each way. */
$all = [];
for ($i = 0; $i < 10000; $i++) {
    $all["key-$i"] = str_repeat("v$i", $i % 7);
}
foreach ([5, 4000, 9999] as $big) {
    $all["key-$big"] = str_repeat(random_bytes(1 << 10), 1 << 10);
}
foreach ([100, 101, 102, 5000] as $middle) {
    $all["key-$middle"] = random_bytes(16384 - 3 + $middle % 10);
}
$servers = servers(4);
foreach ([false, true] as $redundancy) {
    $cache = pool($servers, $redundancy);
    var_dump($cache->setMulti($all));
    $found = $cache->getMulti(array_merge(array_keys($all), array_map(fn (int $i) => "none-$i", range(1, 1000))));
    var_dump(count($found), $found === $all);
    unset($found);
    var_dump($cache->deleteMulti(array_keys($all)), $cache->getMulti(array_keys($all)) === []);
}
?>
--EXPECT--
int(10000)
int(10000)
bool(true)
int(10000)
bool(true)
int(10000)
int(10000)
bool(true)
int(10000)
bool(true)
