--TEST--
a refusal names the limit or the setting behind it
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer(['--maxsize=1M']);
$cache = pool([$server]);
report(function () use ($cache) {
    for ($i = 0; $i < 10; $i++) {
        $cache->set("key$i", str_repeat('v', 300000));
    }
});
$small = new TestServer(['--maxreadsize=4096']);
report(fn () => pool([$small])->set('key', str_repeat('v', 5000)));
report(fn () => $cache->set('key', str_repeat('v', 40 << 20)));
report(fn () => $cache->set(str_repeat('k', 255), 'v'));
wait_until(fn () => lines($server, '/requests are refused, no room: .*--maxsize/') > 0, 'a line about --maxsize');
$socket = open_meta($server);
for ($i = 0; $i < 64; $i++) {
    meta($socket, "ml k$i\r\n");
}
echo meta($socket, "ml one-more\r\n");
?>
--EXPECT--
SharedanceException: Failed to write data to [127.0.0.1:PORT] "the server says SERVER_ERROR the store is full: the data would exceed --maxsize, 1048576 bytes"
SharedanceException: Failed to write data to [127.0.0.1:PORT] "the server says SERVER_ERROR object too large for cache (sharedanced --maxreadsize, memcached -I)"
ValueError: Sharedance::set(): Argument #2 ($data) must be at most 33554420 bytes long (32 MiB with the key), 41943040 given
ValueError: Sharedance::set(): Argument #1 ($key) must be at most 254 bytes long, 255 given
SERVER_ERROR too many locks on this connection: 64 are the most
