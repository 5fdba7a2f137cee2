--TEST--
many keys take little more memory than their result
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
if (getenv('USE_ZEND_ALLOC') === '0') {
    die('skip without its own allocator, as under valgrind, PHP counts no memory');
}
?>
--INI--
memory_limit=-1
--FILE--
<?php
require __DIR__ . '/../helper.inc';

/* the most that a call took, less what it returned and what was there before */
function taken(callable $code, mixed &$result): int
{
    $before = memory_get_usage();
    memory_reset_peak_usage();
    $result = $code();
    return memory_get_peak_usage() - max($before, memory_get_usage());
}

ini_set('sharedance.timeout', '300');
$keys = [];
for ($i = 0; $i < 100000; $i++) {
    $keys[] = "key-$i";
}
$servers = servers(2);
foreach ([false, true] as $redundancy) {
    echo $redundancy ? "with redundancy\n" : "without\n";
    $cache = pool($servers, $redundancy, 300);
    foreach ([
        'none there' => fn () => $cache->getMulti($keys),
        'set' => fn () => $cache->setMulti(array_combine($keys, $keys)),
        'all there' => fn () => $cache->getMulti($keys),
        'deleted' => fn () => $cache->deleteMulti($keys),
    ] as $what => $code) {
        $bytes = taken($code, $result);
        echo "$what: ", is_int($result) ? $result : count($result), ', ',
            $bytes < 40e6 ? 'less than 40 MB' : sprintf('%.1F MB', $bytes / 1e6), "\n";
        if ($what === 'all there') {
            var_dump($result === array_combine($keys, $keys));
        }
    }
}

echo "no server is asked if one key of many is illegal\n";
report(fn () => $cache->setMulti(array_combine($keys, $keys) + ['' => 'illegal']));
report(fn () => $cache->getMulti([...$keys, '']));
var_dump($cache->getMulti(['key-0', 'key-99999']));

echo "all keys that failed are told, and all others are there\n";
$cache = pool($servers, false, 300);
$ignored = $cache->setMulti(array_combine($keys, $keys));
$servers[0]->kill();
$lost = array_values(array_filter($keys, fn (string $key) => $cache->getServer($key)->port === $servers[0]->port));
foreach (['getMulti' => $keys, 'setMulti' => array_combine($keys, $keys), 'deleteMulti' => $keys] as $method => $argument) {
    try {
        $ignored = $cache->$method($argument);
        echo "DONE\n";
    } catch (SharedancePartialException $error) {
        var_dump($error->failed === $lost);
        var_dump(is_int($error->partial) ? $error->partial === 100000 - count($lost)
            : $error->partial === array_combine($others = array_values(array_diff($keys, $lost)), $others));
    }
}
?>
--EXPECT--
without
none there: 0, less than 40 MB
set: 100000, less than 40 MB
all there: 100000, less than 40 MB
bool(true)
deleted: 100000, less than 40 MB
with redundancy
none there: 0, less than 40 MB
set: 100000, less than 40 MB
all there: 100000, less than 40 MB
bool(true)
deleted: 100000, less than 40 MB
no server is asked if one key of many is illegal
ValueError: Sharedance::setMulti(): Argument #1 ($items) must have legal keys only, but one must not be empty
ValueError: Sharedance::getMulti(): Argument #1 ($keys) must have legal keys only, but one must not be empty
array(0) {
}
all keys that failed are told, and all others are there
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
