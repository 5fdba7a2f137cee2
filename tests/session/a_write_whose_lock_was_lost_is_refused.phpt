--TEST--
a write whose lock was lost is refused
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/session.inc';

function keep(string $value): void
{
    $_SESSION['n'] = $value;
}

$server = new TestServer();
use_servers([$server]);
visit('id', fn () => keep('old'));

echo "the server was restarted meanwhile\n";
start('id');
keep('ours');
$server->kill();
$server->start();
session_write_close();
echo entry($server, 'id'), "\n";

echo "and another request had the session\n";
start('id');
keep('ours');
$server->kill();
$server->start();
echo request([$server], 'visit("id", function () { $_SESSION["n"] = "theirs"; });')->wait(), "\n";
session_write_close();
echo entry($server, 'id'), "\n";

echo "what is unchanged is prolonged all the same\n";
start('id');
$server->kill();
$server->start();
session_write_close();

echo "what is deleted is not\n";
start('id');
$server->kill();
$server->start();
session_destroy();
echo entry($server, 'id'), "\n";

echo "on one of two servers it is held still\n";
$servers = servers(2);
use_servers($servers);
visit('id', fn () => keep('old'));
foreach ($servers as $i => $server) {
    start('id');
    keep("ours $i");
    $server->kill();
    $server->start();
    session_write_close();
    echo entry($servers[0], 'id'), ' ', entry($servers[1], 'id'), "\n";
}
echo "lost on both it is lost\n";
start('id');
keep('lost');
foreach ($servers as $server) {
    $server->kill();
    $server->start();
}
session_write_close();
echo entry($servers[0], 'id'), ' ', entry($servers[1], 'id'), "\n";
?>
--EXPECT--
the server was restarted meanwhile
Warning: session_write_close(): Sharedance failed to write the session (lock, after N ms, 13 bytes): the lock was lost meanwhile, and nothing was written to [127.0.0.1:PORT]
Warning: session_write_close(): Failed to write session data (sharedance). Please verify that the current setting of session.save_path is correct (tcp://127.0.0.1:PORT)
n|s:3:"old";
and another request had the session
0
Warning: session_write_close(): Sharedance failed to write the session (lock, after N ms, 13 bytes): the lock was lost meanwhile, and nothing was written to [127.0.0.1:PORT]
Warning: session_write_close(): Failed to write session data (sharedance). Please verify that the current setting of session.save_path is correct (tcp://127.0.0.1:PORT)
n|s:6:"theirs";
what is unchanged is prolonged all the same
what is deleted is not
Warning: session_destroy(): Sharedance failed to delete the session (lock, after N ms, 0 bytes): the lock was lost meanwhile, and nothing was written to [127.0.0.1:PORT]
Warning: session_destroy(): Session object destruction failed
n|s:6:"theirs";
on one of two servers it is held still
n|s:6:"ours 0"; n|s:6:"ours 0";
n|s:6:"ours 1"; n|s:6:"ours 1";
lost on both it is lost
Warning: session_write_close(): Sharedance failed to write the session (lock, after N ms, 13 bytes): the lock was lost meanwhile, and nothing was written to [127.0.0.1:PORT]; the lock was lost meanwhile, and nothing was written to [127.0.0.1:PORT]
Warning: session_write_close(): Failed to write session data (sharedance). Please verify that the current setting of session.save_path is correct (tcp://127.0.0.1:PORT, tcp://127.0.0.1:PORT)
n|s:6:"ours 1"; n|s:6:"ours 1";
