--TEST--
a value of any length over the server's limit is refused with its reason
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/../helper.inc';

/* The server closes the connection before it has read a long value; what it said must not be lost for that. */
$cache = pool([new TestServer(['--maxreadsize=1000']), new TestServer(['--maxreadsize=1000'])], true);
foreach ([2_000, 60_000, 1_000_000, 20_000_000] as $length) {
    $refusals = [];
    for ($i = 0; $i < 10; $i++) {
        try {
            $cache->set("key$i", str_repeat('x', $length));
        } catch (SharedanceException $e) {
            $refusals[get_class($e) . preg_replace('/^.*"(.*)".*$/s', ': $1', $e->getMessage())] = true;
        }
    }
    echo "$length: ", implode(', ', array_keys($refusals)), "\n";
}
?>
--EXPECT--
2000: SharedanceException: the server says SERVER_ERROR object too large for cache (sharedanced --maxreadsize, memcached -I)
60000: SharedanceException: the server says SERVER_ERROR object too large for cache (sharedanced --maxreadsize, memcached -I)
1000000: SharedanceException: the server says SERVER_ERROR object too large for cache (sharedanced --maxreadsize, memcached -I)
20000000: SharedanceException: the server says SERVER_ERROR object too large for cache (sharedanced --maxreadsize, memcached -I)
