--TEST--
two copies that live for different times live as long as the longer one when they are read
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

/* A touch has reached one of two servers. */
$servers = servers(2);
$reads = [
    'get' => fn (Sharedance $cache, string $key) => $cache->get($key) === 'value',
    'has' => fn (Sharedance $cache, string $key) => $cache->has($key),
    'getMulti' => fn (Sharedance $cache, string $key) => $cache->getMulti([$key]) === [$key => 'value'],
    'getWithVersion' => fn (Sharedance $cache, string $key) => $cache->getWithVersion($key)[0] === 'value',
];
$cache = pool($servers, true);
foreach ($reads as $name => $read) {
    foreach (['first', 'second'] as $i => $touched) {
        foreach ([5000 => 5000, 0 => -1] as $asked => $life) {
            $key = "$name-$touched-$asked";
            $cache->set($key, 'value', 300);
            $owners = owners($servers, $cache, $key);
            meta_line($owners[$i], "mg $key T$asked");
            $found = $read($cache, $key);
            $longer = array_map(
                fn ($owner) => $life === -1 ? life($owner, $key) === -1 : lives($owner, $key, $life),
                $owners
            );
            echo "$name, the $touched touched for $life s: ", $found && $longer === [true, true] ? 'right' : 'wrong: '
                . json_encode([$found, ...array_map(fn ($owner) => life($owner, $key), $owners)]), "\n";
        }
    }
}
?>
--EXPECT--
get, the first touched for 5000 s: right
get, the first touched for -1 s: right
get, the second touched for 5000 s: right
get, the second touched for -1 s: right
has, the first touched for 5000 s: right
has, the first touched for -1 s: right
has, the second touched for 5000 s: right
has, the second touched for -1 s: right
getMulti, the first touched for 5000 s: right
getMulti, the first touched for -1 s: right
getMulti, the second touched for 5000 s: right
getMulti, the second touched for -1 s: right
getWithVersion, the first touched for 5000 s: right
getWithVersion, the first touched for -1 s: right
getWithVersion, the second touched for 5000 s: right
getWithVersion, the second touched for -1 s: right
