--TEST--
a failure is one warning that says what where and why and never the id
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--INI--
memory_limit=256M
--FILE--
<?php
require __DIR__ . '/session.inc';

/* our warnings, without PHP's own behind each */
$id = 'secretid';
$warnings = [];
set_error_handler(function (int $level, string $message) use (&$warnings) {
    $warnings[] = $message;
    return true;
});
function told(): void
{
    global $warnings, $id;

    foreach ($warnings as $warning) {
        echo str_contains($warning, 'Sharedance') ? '' : '  then PHP: ', substr(tidy($warning), 0, 230), "\n";
        echo str_contains($warning, $id) || str_contains($warning, 'secret value') ? "TOLD\n" : '';
    }
    $warnings = [];
}

ini_set('sharedance.retry_interval', '0');
$server = new TestServer();
echo "nobody there\n";
use_servers([$server]);
$server->kill();
start($id);
told();
echo "silent\n";
use_servers([new BrokenServer('silent')], '?timeout=0.2');
ini_set('sharedance.session.lock_wait', '0');
start($id);
told();
echo "the connection ends at the write, which is made under a new lock\n";
$server->start();
$file = scratch() . '/close';
$relay = relayed($server, 'closes', $file);
use_servers([$relay]);
start($id);
$_SESSION['n'] = 'secret value';
$relay->requests();
touch($file);
session_write_close();
told();
echo preg_match_all('/^m[su] /m', $relay->requests()), " requests\n";
$server->kill();
echo "killed before the write\n";
$server->start();
use_servers([$server]);
start($id);
$_SESSION['n'] = 'secret valu2';
$server->kill();
session_write_close();
told();
echo "killed before the delete\n";
$server->start();
start($id);
$server->kill();
session_destroy();
told();
echo "full\n";
$full = new TestServer(['--maxsize=1M']);
use_servers([$full]);
start($id);
$_SESSION['n'] = 'secret value' . str_repeat('x', 2 << 20);
session_write_close();
told();
echo "two\n";
$servers = servers(2);
use_servers($servers);
start($id);
$_SESSION['n'] = 'secret value';
array_map(fn ($server) => $server->kill(), $servers);
session_write_close();
told();
echo "weights that leave no second server are told of once, in the log\n";
$log = scratch() . '/errors';
$path = '"' . save_path(servers(2)) . '?weight=2"';
$request = request([], 'visit("id"); visit("id"); ini_set("sharedance.session.redundancy", "0"); visit("id");', [
    'session.save_path' => $path,
    'log_errors' => '1',
    'error_log' => $log,
]);
$request->wait();
echo $request->log(), preg_replace('/^\[[^]]*\] /m', '', file_get_contents($log));
?>
--EXPECT--
nobody there
session_start(): Sharedance failed to read the session (connect, after N ms, 0 bytes): Failed to connect on [127.0.0.1:PORT] 'Connection refused'
  then PHP: session_start(): Failed to read session data: sharedance (path: tcp://127.0.0.1:PORT)
silent
session_start(): Sharedance failed to read the session (lock, after N ms, 0 bytes): Failed to send command to [127.0.0.1:PORT] 'no complete answer within N ms (0 bytes received)'
  then PHP: session_start(): Failed to read session data: sharedance (path: tcp://127.0.0.1:PORT?timeout=0.2)
the connection ends at the write, which is made under a new lock
4 requests
killed before the write
session_write_close(): Sharedance failed to write the session (connect, after N ms, 22 bytes): Failed to connect on [127.0.0.1:PORT] 'Connection refused'
  then PHP: session_write_close(): Failed to write session data (sharedance). Please verify that the current setting of session.save_path is correct (tcp://127.0.0.1:PORT)
killed before the delete
session_destroy(): Sharedance failed to delete the session (connect, after N ms, 0 bytes): Failed to connect on [127.0.0.1:PORT] 'Connection refused'
  then PHP: session_destroy(): Session object destruction failed
full
session_write_close(): Sharedance failed to write the session (write, after N ms, 2097179 bytes): Failed to write data to [127.0.0.1:PORT] 'the server says SERVER_ERROR the store is full: the data would exceed --maxsize, 1048576 b
  then PHP: session_write_close(): Failed to write session data (sharedance). Please verify that the current setting of session.save_path is correct (tcp://127.0.0.1:PORT)
two
session_write_close(): Sharedance failed to write the session (connect, after N ms, 22 bytes): Failed to connect on [127.0.0.1:PORT] 'Connection refused'; Failed to connect on [127.0.0.1:PORT] 'Connection refused'
  then PHP: session_write_close(): Failed to write session data (sharedance). Please verify that the current setting of session.save_path is correct (tcp://127.0.0.1:PORT, tcp://127.0.0.1:PORT)
weights that leave no second server are told of once, in the log
sharedance: sessions are on one server each: two copies need more servers than the largest weight in session.save_path (sharedance.session.redundancy)
