--TEST--
cas stores only over the version that was read
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

/* A version near another: where PHP's integers have 32 bits, it is a string. */
function near(int|string $version, int $by): int|string
{
    return is_int($version) ? $version + $by : substr($version, 0, -1) . (substr($version, -1) + $by + 10) % 10;
}

$servers = servers(2);
foreach ([pool([$servers[0]]), pool($servers, true)] as $redundancy => $cache) {
    echo $redundancy ? "with redundancy\n" : "one server\n";
    $holders = $redundancy ? $servers : [$servers[0]];
    var_dump($cache->getWithVersion('k'), $cache->cas('k', 'v', 1));
    $cache->set('k', 'one');
    [$value, $version] = $cache->getWithVersion('k');
    var_dump($value, PHP_INT_SIZE === 8 ? is_int($version) && $version > 1 : is_string($version));
    var_dump($cache->cas('k', 'wrong', near($version, -1)), $cache->cas('k', 'wrong', near($version, 1)));
    var_dump($cache->cas('k', 'two', $version, 300), $cache->get('k'));
    echo 'on ', count(array_filter($holders, fn ($server) => lives($server, 'k', 300))), "\n";
    [$value, $next] = $cache->getWithVersion('k');
    var_dump(strnatcmp($next, $version) > 0, $cache->cas('k', 'late', $version), $cache->get('k'));
    var_dump($cache->cas('k', 'by a string', (string) $next), $cache->get('k'));
    $cache->delete('k');
    var_dump($cache->cas('k', 'deleted', $next), $cache->getWithVersion('k'));
    $cache->set('k', '');
    var_dump($cache->getWithVersion('k')[0]);
    $cache->delete('k');
}

echo "the version is the same on both: one may be away\n";
$cache->set('k', 'one');
$version = $cache->getWithVersion('k')[1];
[$first, $second] = owners($servers, $cache, 'k');
$first->kill();
var_dump($cache->getWithVersion('k') === ['one', $version], $cache->cas('k', 'two', $version));
$first->start();
var_dump($cache->cas('k', 'late', $version), $cache->get('k'));
?>
--EXPECT--
one server
NULL
bool(false)
string(3) "one"
bool(true)
bool(false)
bool(false)
bool(true)
string(3) "two"
on 1
bool(true)
bool(false)
string(3) "two"
bool(true)
string(11) "by a string"
bool(false)
NULL
string(0) ""
with redundancy
NULL
bool(false)
string(3) "one"
bool(true)
bool(false)
bool(false)
bool(true)
string(3) "two"
on 2
bool(true)
bool(false)
string(3) "two"
bool(true)
string(11) "by a string"
bool(false)
NULL
string(0) ""
the version is the same on both: one may be away
bool(true)
bool(true)
bool(false)
string(3) "two"
