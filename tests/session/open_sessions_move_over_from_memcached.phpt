--TEST--
open sessions move over from memcached
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
if (!is_file(root() . '/examples/change_over.php')) { /* pecl installs the tests alone */
    die('skip the example is not beside the tests');
}
skip_unless_memcached();
if (!is_file(ini_get('extension_dir') . '/memcached.so')) {
    die('skip the extension memcached is not installed');
}
?>
--FILE--
<?php
require __DIR__ . '/change-over.inc';

$memcached = new MemcachedServer();
$place = "127.0.0.1:$memcached->port";
change_over([
    "session.save_handler" => "memcached",
    "session.save_path" => $place,
], ["igbinary", "msgpack", "memcached"], "memcached", $place, function (string $id) use ($memcached): bool {
    $socket = stream_socket_client("tcp://127.0.0.1:$memcached->port");
    fwrite($socket, "get memc.sess.key.$id\r\n");
    return str_starts_with(fgets($socket), "VALUE ");
});
?>
--EXPECT--
before: 1211
bool(true)
a page that only reads: 2
after: 34
bool(false)
without a change: 1
bool(false)
who logs out: out new
bool(false)
in strict mode: 2
bool(false)
a new visitor: 1
with a server down: 252
with no server: 1
bool(true)
