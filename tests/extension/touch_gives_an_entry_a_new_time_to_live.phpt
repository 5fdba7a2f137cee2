--TEST--
touch gives an entry a new time to live
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

$servers = servers(2);
$month = 30 * 24 * 3600;
foreach ([pool([$servers[0]]), pool($servers, true)] as $redundancy => $cache) {
    echo $redundancy ? "with redundancy\n" : "one server\n";
    $holders = $redundancy ? $servers : [$servers[0]];
    $all = fn (int $ttl) => count(array_filter($holders, fn ($server) => lives($server, 'k', $ttl)));
    $cache->set('k', 'v', 1000);
    foreach ([100, 5000, $month, $month + 1, 400 * 24 * 3600] as $ttl) {
        echo json_encode($cache->touch('k', $ttl)), ', on ', $all($ttl), ' of ', count($holders), "\n";
    }
    var_dump($cache->get('k'), $cache->touch('other', 10), $cache->has('other'));
    $version = $cache->getWithVersion('k')[1];
    $cache->touch('k', 50);
    echo 'the same version: ', json_encode($cache->getWithVersion('k') === ['v', $version]), "\n";
    $cache->delete('k');
    var_dump($cache->touch('k', 10));
}

echo "what is missing on the first is touched on the second\n";
$cache->set('k', 'v', 1000);
[$first, $second] = owners($servers, $cache, 'k');
lose_data($first);
var_dump($cache->touch('k', 300), lives($second, 'k', 300));
$first->kill();
var_dump($cache->touch('k', 200), lives($second, 'k', 200));
$second->kill();
report(fn () => $cache->touch('k', 300));
?>
--EXPECT--
one server
true, on 1 of 1
true, on 1 of 1
true, on 1 of 1
true, on 1 of 1
true, on 1 of 1
string(1) "v"
bool(false)
bool(false)
the same version: true
bool(false)
with redundancy
true, on 2 of 2
true, on 2 of 2
true, on 2 of 2
true, on 2 of 2
true, on 2 of 2
string(1) "v"
bool(false)
bool(false)
the same version: true
bool(false)
what is missing on the first is touched on the second
bool(true)
bool(true)
bool(true)
bool(true)
SharedanceConnectionException: Failed to connect on [127.0.0.1:PORT] "Connection refused"; Failed to connect on [127.0.0.1:PORT] "Connection refused"
