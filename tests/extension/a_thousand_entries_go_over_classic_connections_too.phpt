--TEST--
a thousand entries go over classic connections too
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

$all = [];
for ($i = 0; $i < 1000; $i++) {
    $all["key-$i"] = "value $i";
}
$all['big'] = str_repeat(random_bytes(1 << 10), 3 << 10);
$servers = array_map('classic', servers(2));
foreach ([false, true] as $redundancy) {
    $cache = pool($servers, $redundancy, 60);
    var_dump($cache->setMulti($all), $cache->getMulti([...array_keys($all), 'none']) === $all);
    var_dump($cache->deleteMulti([...array_keys($all), 'none']), $cache->getMulti(array_keys($all)));
}
?>
--EXPECT--
int(1001)
bool(true)
int(1001)
array(0) {
}
int(1001)
bool(true)
int(1001)
array(0) {
}
