--TEST--
on memcached sessions are locked by entries
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require __DIR__ . '/../helper.inc';
skip_unless_memcached();
?>
--FILE--
<?php
require __DIR__ . '/session.inc';

foreach ([1, 2] as $count) {
    echo "$count\n";
    $servers = array_map(fn () => new MemcachedServer(), range(1, $count));
    use_servers($servers);
    ini_set('sharedance.session.lock_wait', '0.1');
    visit('id', function () {
        $_SESSION['n'] = 1;
    });
    start('id');
    echo $_SESSION['n'], "\n";
    $request = request($servers, 'var_dump(start("id"));', ['sharedance.session.lock_wait' => '0.05']);
    $request->wait();
    echo $request->log();
    session_reset();
    $_SESSION['n']++;
    session_write_close();
    echo visit('id')['n'], "\n";
    visit('id', fn () => session_destroy());
    var_dump(visit('id'));
    $code = '
        for ($i = 0; $i < 20; $i++) {
            visit("counter", function () { $_SESSION["n"] = ($_SESSION["n"] ?? 0) + 1; });
        }
    ';
    $requests = array_map(fn () => request($servers, $code, ['sharedance.session.lock_wait' => '60']), range(1, 3));
    foreach ($requests as $request) {
        $request->wait();
        echo $request->log();
    }
    echo visit('counter')['n'], "\n";
    var_dump(pool($servers, $count > 1)->get('lock:counter', null));
}
?>
--EXPECT--
1
1
Warning: session_start(): Sharedance failed to read the session (lock, after N ms, 0 bytes): the lock was not obtained in time: another request held it on [127.0.0.1:PORT] for the N ms of the wait (sharedance.session.lock_wait)
Warning: session_start(): Failed to read session data: sharedance (path: tcp://127.0.0.1:PORT)
bool(false)
2
array(0) {
}
60
NULL
2
1
Warning: session_start(): Sharedance failed to read the session (lock, after N ms, 0 bytes): the lock was not obtained in time: another request held it on [127.0.0.1:PORT] for the N ms of the wait (sharedance.session.lock_wait)
Warning: session_start(): Failed to read session data: sharedance (path: tcp://127.0.0.1:PORT, tcp://127.0.0.1:PORT)
bool(false)
2
array(0) {
}
60
NULL
