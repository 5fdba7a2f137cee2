--TEST--
a read prolongs the session if it is told to
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/session.inc';

/* The session's life on each of the servers: as it was, or a new one. */
function lives_of(array $servers): string
{
    return implode(' ', array_map(fn ($server) => life($server, 'id') > 1000 ? 'long' : 'short', $servers));
}

/* Reads in one of the ways in which PHP does, from a session with a short life. */
function trial(array $servers, string $what, callable $read): void
{
    ini_set('session.gc_maxlifetime', '500');
    visit('id', fn () => $_SESSION['n'] = ($_SESSION['n'] ?? 0) + 1);
    ini_set('session.gc_maxlifetime', '5000');
    $read();
    echo "$what: ", lives_of($servers), "\n";
}

foreach ([1, 2] as $count) {
    $servers = servers($count);
    use_servers($servers);
    foreach (['0', '1'] as $prolongs) {
        ini_set('sharedance.session.read_prolongs', $prolongs);
        echo "$count, read_prolongs=$prolongs\n";
        trial($servers, 'read_and_close', fn () => start('id', ['read_and_close' => true]));
        trial($servers, 'session_abort', function () {
            start('id');
            session_abort();
        });
        trial($servers, 'without locks', function () {
            ini_set('sharedance.session.locking', '0');
            start('id', ['read_and_close' => true]);
            ini_set('sharedance.session.locking', '1');
        });
        trial($servers, 'without the lock, which another request has', function () use ($servers) {
            $holder = stream_socket_client("tcp://127.0.0.1:{$servers[0]->port}");
            fwrite($holder, "ml id\r\n");
            fgets($holder);
            ini_set('sharedance.session.lock_failure', 'readonly');
            ini_set('sharedance.session.lock_wait', '0');
            start('id', ['read_and_close' => true]);
            ini_restore('sharedance.session.lock_failure');
            ini_restore('sharedance.session.lock_wait');
            fclose($holder);
            is_free($servers[0], 'id');
        });
        trial($servers, 'lazy_write', fn () => visit('id'));
    }
}
echo "an absent one is not made\n";
start('other', ['read_and_close' => true]);
var_dump(entry($servers[0], 'other'));
?>
--EXPECT--
1, read_prolongs=0
read_and_close: short
session_abort: short
without locks: short
without the lock, which another request has: short
lazy_write: long
1, read_prolongs=1
read_and_close: long
session_abort: long
without locks: long
without the lock, which another request has: long
lazy_write: long
2, read_prolongs=0
read_and_close: short short
session_abort: short short
without locks: short short
without the lock, which another request has: short short
lazy_write: long long
2, read_prolongs=1
read_and_close: long long
session_abort: long long
without locks: long long
without the lock, which another request has: long long
lazy_write: long long
an absent one is not made
NULL
