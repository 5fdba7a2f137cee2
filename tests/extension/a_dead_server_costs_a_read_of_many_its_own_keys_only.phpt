--TEST--
a dead server costs a read of many its own keys only
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

$servers = servers(3);
$cache = pool($servers);
$all = [];
for ($i = 0; $i < 30; $i++) {
    $all["key-$i"] = "value $i";
}
$ignored = $cache->setMulti($all);
$dead = $servers[1];
$dead->kill();
$others = array_filter($all, fn (string $key) => $cache->getServer($key)->port !== $dead->port, ARRAY_FILTER_USE_KEY);
echo count($others) > 0 && count($others) < 30 ? 'some are on the others' : 'BAD CHOICE OF KEYS', "\n";

report(fn () => $cache->getMulti([...array_keys($all), 'none']));
try {
    $cache->getMulti([...array_keys($all), 'none']);
} catch (SharedancePartialException $error) {
    echo 'the exception has the rest: ';
    $failed = array_map('strval', array_keys(array_diff_key($all, $others)));
    var_dump($error->partial === $others, $error->failed === $failed);
    echo 'and why: ', get_class($error->getPrevious()), ' of ';
    var_dump($error->getPrevious()->getServer() === "127.0.0.1:$dead->port", $error->getCode() === $error->getPrevious()->getCode(),
        $error->getMessage() === $error->getPrevious()->getMessage());
    report(fn () => $error->partial = []);
    report(fn () => $error->failed = []);
}
echo "keys of the others only\n";
var_dump($cache->getMulti(array_keys($others)) === $others);
echo "stored and deleted\n";
try {
    $ignored = $cache->setMulti($all);
} catch (SharedancePartialException $error) {
    var_dump($error->partial === count($others), $error->failed === $failed);
}
report(fn () => $cache->setMulti(array_diff_key($all, $others)));
report(fn () => $cache->deleteMulti(array_keys($all)));
report(fn () => $cache->setMulti($all));
try {
    $cache->deleteMulti(array_keys($all));
} catch (SharedancePartialException $error) {
    var_dump($error->partial === count($others), $error->failed === $failed);
}
echo "none of many is no part of them\n";
report(fn () => $cache->getMulti($failed));
report(fn () => $cache->deleteMulti($failed));
echo "nobody was asked\n";
foreach ([new Sharedance(), pool([$servers[0]], true)] as $none) {
    foreach (['getMulti' => ['a', 'b'], 'deleteMulti' => ['a', 'b'], 'setMulti' => ['a' => 'a']] as $method => $argument) {
        try {
            $ignored = $none->$method($argument);
        } catch (SharedanceException $error) {
            echo get_class($error), ' ', $error->getMessage(), "\n";
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
SharedancePartialException: Failed to connect on [127.0.0.1:PORT] "Connection refused"
the exception has the rest: bool(true)
bool(true)
and why: SharedanceConnectionException of bool(true)
bool(true)
bool(true)
Error: Cannot modify readonly property SharedancePartialException::$partial
Error: Cannot modify readonly property SharedancePartialException::$failed
keys of the others only
bool(true)
stored and deleted
bool(true)
bool(true)
SharedanceConnectionException: Failed to connect on [127.0.0.1:PORT] "Connection refused"
SharedancePartialException: Failed to connect on [127.0.0.1:PORT] "Connection refused"
SharedancePartialException: Failed to connect on [127.0.0.1:PORT] "Connection refused"
bool(true)
bool(true)
none of many is no part of them
SharedanceConnectionException: Failed to connect on [127.0.0.1:PORT] "Connection refused"
SharedanceConnectionException: Failed to connect on [127.0.0.1:PORT] "Connection refused"
nobody was asked
SharedanceException No Servers Registered
SharedanceException No Servers Registered
SharedanceException No Servers Registered
SharedanceException Bucket rotation not allowed: at least two servers are needed, but there is only one
SharedanceException Bucket rotation not allowed: at least two servers are needed, but there is only one
SharedanceException Bucket rotation not allowed: at least two servers are needed, but there is only one
with redundancy nothing is missing
int(30)
bool(true)
int(30)
int(30)
array(0) {
}
