--TEST--
a close that warns is closed once
--EXTENSIONS--
sharedance
--INI--
sharedance.timeout=1
sharedance.connect_timeout=1
sharedance.retry_interval=0
display_errors=0
--SKIPIF--
<?php
require __DIR__ . '/../helper.inc';
skip_unless_memcached();
?>
--FILE--
<?php
require __DIR__ . '/session.inc';

/* On memcached a lock is an entry, and does not end with its connection: if the server is gone the
 * close warns. The error handler closes again, or uses the object otherwise. */
$calls = [
    'close()' => fn ($session) => $session->close(),
    'open()' => fn ($session) => $session->open('', ''),
    'read()' => fn ($session) => $session->read('id'),
    'pool->close()' => fn ($session, $pool) => $pool->close(),
    'pool->addServers()' => fn ($session, $pool) => $pool->addServers('another:1'),
    'an exception' => fn () => throw new LogicException('thrown'),
];
foreach ($calls as $name => $call) {
    $server = new MemcachedServer();
    $pool = pool([$server]);
    $session = new SharedanceSession($pool);
    $session->open('', '');
    $session->read('id');
    $server->process->kill();
    $seen = ['no warning'];
    set_error_handler(function () use ($call, $session, $pool, &$seen) {
        $seen = [];
        try {
            $call($session, $pool);
        } catch (Error $error) {
            $seen[] = $error->getMessage();
        }
        return true;
    });
    try {
        $seen[] = json_encode($session->close());
    } catch (LogicException $exception) {
        $seen[] = $exception->getMessage();
    }
    restore_error_handler();
    echo "$name: ", implode(', ', $seen), "\n";
    $pool->close(); /* the session no longer relies on it */
    $session->open('', '');
    report(fn () => $pool->close());
    $session->close();
}
?>
--EXPECT--
close(): A session cannot be used from within its own operation, true
Error: The servers of a Sharedance object cannot be changed while a session is open on them
open(): A session cannot be used from within its own operation, true
Error: The servers of a Sharedance object cannot be changed while a session is open on them
read(): The session of the SharedanceSession object is not open, true
Error: The servers of a Sharedance object cannot be changed while a session is open on them
pool->close(): The servers of a Sharedance object cannot be changed from within its own operation, true
Error: The servers of a Sharedance object cannot be changed while a session is open on them
pool->addServers(): The servers of a Sharedance object cannot be changed from within its own operation, true
Error: The servers of a Sharedance object cannot be changed while a session is open on them
an exception: thrown
Error: The servers of a Sharedance object cannot be changed while a session is open on them
