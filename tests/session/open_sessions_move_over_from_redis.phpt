--TEST--
open sessions move over from redis
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
if (!is_file(root() . '/examples/change_over.php')) { /* pecl installs the tests alone */
    die('skip the example is not beside the tests');
}
if (trim((string) shell_exec('command -v redis-server')) === '' || !is_file(ini_get('extension_dir') . '/redis.so')) {
    die('skip redis-server or the extension redis is not installed');
}
?>
--FILE--
<?php
require __DIR__ . '/change-over.inc';

$port = refusing_port();
new Process(["redis-server", "--port", (string) $port, "--bind", "127.0.0.1", "--save", "", "--dir", scratch()]);
wait_until(fn () => @stream_socket_client("tcp://127.0.0.1:$port"), "redis");
change_over([
    "session.save_handler" => "redis",
    "session.save_path" => "tcp://127.0.0.1:$port",
], ["igbinary", "redis"], "redis", "127.0.0.1:$port", function (string $id) use ($port): bool {
    $socket = stream_socket_client("tcp://127.0.0.1:$port");
    fwrite($socket, "EXISTS PHPREDIS_SESSION:$id\r\n");
    return fgets($socket) === ":1\r\n";
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
