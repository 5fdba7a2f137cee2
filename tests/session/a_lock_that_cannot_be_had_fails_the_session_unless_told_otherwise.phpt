--TEST--
a lock that cannot be had fails the session unless told otherwise
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

$server = new TestServer(['--lock-waiters=64']);
use_servers([$server]);
visit('id', function () {
    $_SESSION['n'] = 1;
});
$holder = stream_socket_client("tcp://127.0.0.1:$server->port");
fwrite($holder, "ml id\r\n");
fgets($holder);
ini_set('sharedance.session.lock_wait', '0');

foreach (['fail', 'readonly', 'ignore'] as $what) {
    echo "lock_failure=$what\n";
    ini_set('sharedance.session.lock_failure', $what);
    echo "unchanged: ";
    var_dump(visit('id'));
    echo "changed: ";
    var_dump(visit('id', fn () => $_SESSION['n']++));
    echo 'the server has ', entry($server, 'id'), "\n";
    echo "deleted: ";
    var_dump(visit('id', fn () => session_destroy()));
    echo 'the server has ', var_export(entry($server, 'id'), true), "\n";
}
echo "where 64 wait already, one more waits all the same, and is told why\n";
ini_set('sharedance.session.lock_failure', 'fail');
ini_set('sharedance.session.lock_wait', '0.3');
$waiters = [];
for ($i = 0; $i < 64; $i++) {
    $waiters[$i] = stream_socket_client("tcp://127.0.0.1:$server->port");
    fwrite($waiters[$i], "mn\r\nml id W3600000\r\n");
    fgets($waiters[$i]);
}
ask($server, fetch('id')); /* all that was sent before has been read */
$began = hrtime(true);
var_dump(start('id'));
var_dump(hrtime(true) - $began >= 250e6);
array_map(fclose(...), $waiters);
wait_until(function () use ($server) { /* they have been seen to go: one that waits is not refused at once */
    $began = hrtime(true);
    meta_line($server, 'ml id W50');
    return hrtime(true) - $began >= 50e6;
}, 'the end of those that waited');
echo "a lock_wait of 50 ms is waited, and the lock's end not\n";
ini_set('sharedance.session.lock_failure', 'fail');
ini_set('sharedance.session.lock_wait', '0.05');
$began = hrtime(true);
var_dump(start('id'));
var_dump(hrtime(true) - $began >= 50e6);
echo "and long enough, it is had\n";
$request = request([$server], 'var_dump(start("id"));', ['sharedance.session.lock_wait' => '60']);
usleep(100000); /* so that it mostly waits */
fwrite($holder, "mu id\r\n");
$request->wait();
echo $request->log();
?>
--EXPECT--
lock_failure=fail
unchanged: Warning: session_start(): Sharedance failed to read the session (lock, after N ms, 0 bytes): the lock was not obtained in time: another request held it on [127.0.0.1:PORT] for the N ms of the wait (sharedance.session.lock_wait)
Warning: session_start(): Failed to read session data: sharedance (path: tcp://127.0.0.1:PORT)
bool(false)
changed: Warning: session_start(): Sharedance failed to read the session (lock, after N ms, 0 bytes): the lock was not obtained in time: another request held it on [127.0.0.1:PORT] for the N ms of the wait (sharedance.session.lock_wait)
Warning: session_start(): Failed to read session data: sharedance (path: tcp://127.0.0.1:PORT)
bool(false)
the server has n|i:1;
deleted: Warning: session_start(): Sharedance failed to read the session (lock, after N ms, 0 bytes): the lock was not obtained in time: another request held it on [127.0.0.1:PORT] for the N ms of the wait (sharedance.session.lock_wait)
Warning: session_start(): Failed to read session data: sharedance (path: tcp://127.0.0.1:PORT)
bool(false)
the server has 'n|i:1;'
lock_failure=readonly
unchanged: array(1) {
  ["n"]=>
  int(1)
}
changed: Warning: session_write_close(): Sharedance failed to write the session (lock, after N ms, 6 bytes): it was read without its lock, which another request had (sharedance.session.lock_failure)
Warning: session_write_close(): Failed to write session data (sharedance). Please verify that the current setting of session.save_path is correct (tcp://127.0.0.1:PORT)
int(1)
the server has n|i:1;
deleted: Warning: session_destroy(): Sharedance failed to delete the session (lock, after N ms, 0 bytes): it was read without its lock, which another request had (sharedance.session.lock_failure)
Warning: session_destroy(): Session object destruction failed
bool(false)
the server has 'n|i:1;'
lock_failure=ignore
unchanged: array(1) {
  ["n"]=>
  int(1)
}
changed: int(1)
the server has n|i:2;
deleted: bool(true)
the server has NULL
where 64 wait already, one more waits all the same, and is told why
Warning: session_start(): Sharedance failed to read the session (lock, after N ms, 0 bytes): too many requests wait for this session: [127.0.0.1:PORT] lets no more of them wait (sharedanced --lock-waiters), and the lock was not free in N ms (sharedance.session.lock_wait)
Warning: session_start(): Failed to read session data: sharedance (path: tcp://127.0.0.1:PORT)
bool(false)
bool(true)
a lock_wait of 50 ms is waited, and the lock's end not
Warning: session_start(): Sharedance failed to read the session (lock, after N ms, 0 bytes): the lock was not obtained in time: another request held it on [127.0.0.1:PORT] for the N ms of the wait (sharedance.session.lock_wait)
Warning: session_start(): Failed to read session data: sharedance (path: tcp://127.0.0.1:PORT)
bool(false)
bool(true)
and long enough, it is had
bool(true)
