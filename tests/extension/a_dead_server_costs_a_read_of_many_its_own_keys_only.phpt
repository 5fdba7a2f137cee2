--TEST--
a dead server costs a read of many its own keys only
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/../helper.inc';

$servers = servers(3);
$cache = pool($servers);
$all = [];
for ($i = 0; $i < 30; $i++) {
    $all["key-$i"] = "value $i";
}
$cache->setMulti($all);
$dead = $servers[1];
$dead->kill();
$others = array_filter($all, fn (string $key) => $cache->getServer($key)->port !== $dead->port, ARRAY_FILTER_USE_KEY);
echo count($others) > 0 && count($others) < 30 ? 'some are on the others' : 'BAD CHOICE OF KEYS', "\n";

report(fn () => $cache->getMulti([...array_keys($all), 'none']));
try {
    $cache->getMulti([...array_keys($all), 'none']);
} catch (SharedanceException $error) {
    echo 'the exception has the rest: ';
    var_dump($error->partial === $others);
}
echo "keys of the others only\n";
var_dump($cache->getMulti(array_keys($others)) === $others);
echo "stored and deleted\n";
var_dump($cache->setMulti($all) === count($others));
report(fn () => $cache->setMulti(array_diff_key($all, $others)));
report(fn () => $cache->deleteMulti(array_keys($all)));
$cache->setMulti($all);
try {
    $cache->deleteMulti(array_keys($all));
} catch (SharedanceException $error) {
    var_dump($error->partial === count($others));
}
echo "other failures have nothing: ";
try {
    $cache->get(array_key_first(array_diff_key($all, $others)));
} catch (SharedanceException $error) {
    var_dump($error->partial);
}
echo "nobody was asked\n";
foreach ([new Sharedance(), pool([$servers[0]], true)] as $none) {
    foreach (['getMulti' => ['a', 'b'], 'deleteMulti' => ['a', 'b'], 'setMulti' => ['a' => 'a']] as $method => $argument) {
        try {
            $none->$method($argument);
        } catch (SharedanceException $error) {
            echo json_encode($error->partial), ' ', $error->getMessage(), "\n";
        }
    }
}

echo "with redundancy nothing is missing\n";
$dead->start();
$cache = pool($servers, true);
$cache->deleteMulti(array_keys($all));
var_dump($cache->setMulti($all));
$dead->kill();
var_dump($cache->getMulti([...array_keys($all), 'none']) === $all, $cache->setMulti($all), $cache->deleteMulti([...array_keys($all), 'none']));
var_dump($cache->getMulti(array_keys($all)));
?>
--EXPECT--
some are on the others
SharedanceException: Failed to connect on [127.0.0.1:PORT] "Connection refused"
the exception has the rest: bool(true)
keys of the others only
bool(true)
stored and deleted
bool(true)
SharedanceException: Failed to connect on [127.0.0.1:PORT] "Connection refused"
SharedanceException: Failed to connect on [127.0.0.1:PORT] "Connection refused"
bool(true)
other failures have nothing: NULL
nobody was asked
[] No Servers Registered
0 No Servers Registered
null No Servers Registered
[] Bucket rotation not allowed: redundancy needs more servers than the largest weight, which is 1, and there is 1
0 Bucket rotation not allowed: redundancy needs more servers than the largest weight, which is 1, and there is 1
null Bucket rotation not allowed: redundancy needs more servers than the largest weight, which is 1, and there is 1
with redundancy nothing is missing
int(30)
bool(true)
int(30)
int(30)
array(0) {
}
