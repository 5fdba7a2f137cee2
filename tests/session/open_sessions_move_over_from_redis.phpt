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
$redis = new Process(['redis-server', '--port', (string) $port, '--bind', '127.0.0.1', '--save', '', '--requirepass', 'se%ret', '--dir', scratch()]);
wait_until(fn () => @stream_socket_client("tcp://127.0.0.1:$port"), 'redis');
change_over([
    'session.save_handler' => 'redis',
    'session.save_path' => "tcp://127.0.0.1:$port?auth=se%25ret&database=2&prefix=APP:&persistent=1",
], ['igbinary', 'redis'], function (string $id) use ($port): bool {
    $socket = stream_socket_client("tcp://127.0.0.1:$port");
    fwrite($socket, "AUTH se%ret\r\nSELECT 2\r\nEXISTS APP:$id\r\n");
    return [fgets($socket), fgets($socket), fgets($socket)] === ["+OK\r\n", "+OK\r\n", ":1\r\n"];
}, fn () => $redis->kill());
?>
--EXPECT--
before: 1211
bool(true)
a page that only reads: 2
with read_and_close: 2
with session_reset: 2
bool(true)
after: 34
bool(false)
without a change: 1
bool(false)
who logs out: out new
bool(false)
a new visitor: 1
strict mode
an id that was made up: refused0
an old session: fritz00000 2
once more: fritz00000 3
a new id for it: 3new
bool(false)
bool(false)
one server down
252
both: 1
bool(true)
no old place
who has moved: 78
who logs in: bool(true)
who is new: 1
a page without a session: fine
who has not moved, as it is: 11
who has not moved, strict: 11
