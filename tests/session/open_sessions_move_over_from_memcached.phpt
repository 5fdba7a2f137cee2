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

/* @param list<MemcachedServer> $servers */
function memcached_with(array $servers, string $id): ?MemcachedServer
{
    foreach ($servers as $server) {
        if ($server->process->running()) {
            $socket = stream_socket_client("tcp://127.0.0.1:$server->port");
            fwrite($socket, "get shop.$id\r\n");
            if (str_starts_with(fgets($socket), 'VALUE ')) {
                return $server;
            }
        }
    }
    return null;
}

$memcached = [new MemcachedServer(), new MemcachedServer()];
change_over([
    'session.save_handler' => 'memcached',
    'session.save_path' => "127.0.0.1:{$memcached[0]->port}, 127.0.0.1:{$memcached[1]->port}",
    'memcached.sess_prefix' => 'shop.',
], ['igbinary', 'msgpack', 'memcached'], fn (string $id) => memcached_with($memcached, $id) !== null, function () use ($memcached): void {
    memcached_with($memcached, 'emma000000')->process->kill(); /* what it had, the other one does not know */
});
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
