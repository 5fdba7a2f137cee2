--TEST--
an outage is never an empty session
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

function try_to_lose(string $id): void
{
    if (start($id)) {
        echo "STARTED\n";
        $_SESSION['n'] = 'lost';
        session_write_close();
    }
    echo session_status() === PHP_SESSION_NONE ? "nothing is open\n" : "OPEN\n";
}

echo "one server\n";
$server = new TestServer();
use_servers([$server]);
visit('id', function () {
    $_SESSION['n'] = 'kept';
});
$server->kill();
try_to_lose('id');
try_to_lose('other');
echo "in strict mode\n";
ini_set('session.use_strict_mode', '1');
try_to_lose('id');
ini_set('session.use_strict_mode', '0');
$server->start();
ini_set('sharedance.retry_interval', '0');
echo visit('id')['n'], "\n";

echo "two servers\n";
$servers = servers(2);
use_servers($servers);
visit('id', function () {
    $_SESSION['n'] = 'kept';
});
[$first, $second] = owners($servers, pool($servers, true), 'id');
$first->kill();
echo visit('id')['n'], "\n";
$second->kill();
try_to_lose('id');
echo "without locks\n";
ini_set('sharedance.session.locking', '0');
try_to_lose('id');
ini_set('sharedance.session.locking', '1');
$first->start();
echo "one is back, and may be behind the other\n";
try_to_lose('id');
$second->start();
echo visit('id')['n'], "\n";
?>
--EXPECT--
one server
Warning: session_start(): Sharedance failed to read the session (connect, after N ms, 0 bytes): Failed to connect on [127.0.0.1:PORT] 'Connection refused'
Warning: session_start(): Failed to read session data: sharedance (path: tcp://127.0.0.1:PORT)
nothing is open
Warning: session_start(): Sharedance failed to read the session (connect, after N ms, 0 bytes): Failed to connect on [127.0.0.1:PORT] 'Connection refused'
Warning: session_start(): Failed to read session data: sharedance (path: tcp://127.0.0.1:PORT)
nothing is open
in strict mode
Warning: session_start(): Sharedance failed to read the session (connect, after N ms, 0 bytes): Failed to connect on [127.0.0.1:PORT] 'Connection refused'
Warning: session_start(): Failed to read session data: sharedance (path: tcp://127.0.0.1:PORT)
nothing is open
kept
two servers
kept
Warning: session_start(): Sharedance failed to read the session (connect, after N ms, 0 bytes): Failed to connect on [127.0.0.1:PORT] 'Connection refused'; Failed to connect on [127.0.0.1:PORT] 'Connection refused'
Warning: session_start(): Failed to read session data: sharedance (path: tcp://127.0.0.1:PORT, tcp://127.0.0.1:PORT)
nothing is open
without locks
Warning: session_start(): Sharedance failed to read the session (connect, after N ms, 0 bytes): Failed to connect on [127.0.0.1:PORT] 'Connection refused'; Failed to connect on [127.0.0.1:PORT] 'Connection refused'
Warning: session_start(): Failed to read session data: sharedance (path: tcp://127.0.0.1:PORT, tcp://127.0.0.1:PORT)
nothing is open
one is back, and may be behind the other
Warning: session_start(): Sharedance failed to read the session (read, after N ms, 0 bytes): [127.0.0.1:PORT] was down and has not been compared with the other server since: its copy may be out of date; Failed to connect on [127.0.0.1:PORT] 'Connection refused'
Warning: session_start(): Failed to read session data: sharedance (path: tcp://127.0.0.1:PORT, tcp://127.0.0.1:PORT)
nothing is open
kept
