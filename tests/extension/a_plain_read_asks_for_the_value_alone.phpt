--TEST--
A plain read asks for the value alone
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

/* The requests to read of an operation, without the token. */
function requests(callable $operation, BrokenServer ...$relays): string
{
    array_map(fn ($relay) => $relay->requests(), $relays); /* those so far */
    $operation();
    $asked = implode(array_map(fn ($relay) => $relay->requests(), $relays));
    preg_match_all('/^mg (\S+) O\S+(.*)\r$/m', $asked, $match, PREG_SET_ORDER);
    $lines = array_map(fn ($line) => $line[1] . $line[2], $match);
    sort($lines);
    return implode(', ', $lines);
}

$server = new TestServer();
$relay = relayed($server);
$cache = pool([$relay]);
$ignored = $cache->setMulti(['k' => 'v', 'l' => 'w', 'gone' => 'x']);
$cache->delete('gone');
echo 'get: ' . requests(fn () => var_dump($cache->get('k'), $cache->get('gone'), $cache->get('none')), $relay) . "\n";
echo 'getMulti: ' . requests(fn () => print_r($cache->getMulti(['k', 'gone', 'l'])), $relay) . "\n";
echo 'getWithVersion: ' . requests(fn () => printf("%d parts\n", count($cache->getWithVersion('k'))), $relay) . "\n";

echo "with redundancy\n";
$relays = [$relay, relayed(new TestServer())];
$cache = pool($relays, true);
$cache->set('k', 'v');
echo 'get: ' . requests(fn () => var_dump($cache->get('k')), ...$relays) . "\n";
?>
--EXPECT--
string(1) "v"
bool(false)
bool(false)
get: gone v, k v, none v
Array
(
    [k] => v
    [l] => w
)
getMulti: gone v, k v, l v
2 parts
getWithVersion: k v c t G
with redundancy
string(1) "v"
get: k c t G, k v c t G
