--TEST--
a name that leads to two servers in turn: no lock there is believed, and the log says so once
--EXTENSIONS--
sharedance
posix
--INI--
log_errors=1
--SKIPIF--
<?php
require __DIR__ . '/proxy.inc';
skip_unless_sharedanced();
$reason = lacks_proxy('haproxy');
ob_end_clean();
if ($reason !== null) {
    die("skip $reason");
}
?>
--FILE--
<?php
require __DIR__ . '/proxy.inc';

$log = scratch() . '/errors';
ini_set('error_log', $log);
[$a, $b, $other] = servers(3);
$balancer = new Proxy('haproxy', $a->port, $b->port);

/* What a fresh worker, whose connection is new, comes to with a session. */
function try_session(array $ports, string $mode): string
{
    $worker = new FreshWorker(function ($parent) use ($ports, $mode) {
        $warnings = [];
        set_error_handler(function ($level, $message) use (&$warnings) {
            $warnings[] = preg_replace(['/:\d+\]/', '/after \d+ ms, \d+ bytes/'], [':PORT]', 'after N ms, N bytes'], $message);
            return true;
        });
        ini_set('sharedance.session.lock_failure', $mode);
        if (start_session($ports, 'id')) {
            $_SESSION['n'] = ($_SESSION['n'] ?? 0) + 1;
            session_write_close();
        }
        fwrite($parent, ($warnings[0] ?? 'written') . "\n");
    });
    return $worker->hear();
}

foreach ([1, 2, 3] as $count) { /* one server, the other, and the first once more */
    $came[] = try_session([$balancer->port], 'fail');
}
echo 'the third: ', $came[2], "\n";
foreach (['fail', 'readonly', 'ignore'] as $mode) {
    $came = array_map(fn () => try_session([$balancer->port], $mode), range(1, 6));
    echo "$mode: ", implode(', ', array_unique($came)), "\n";
}
$came = array_map(fn () => try_session([$balancer->port, $other->port], 'fail'), range(1, 6));
echo 'with another server in the pair: ', implode(', ', array_unique($came)), "\n";
$cache = new Sharedance();
$cache->addServer(new SharedanceServer('127.0.0.1', $balancer->port));
echo 'no session: ', $cache->set('key', 'value'), ' ', $cache->get('key'), ' ', $cache->set('n', '1'), ' ', $cache->increment('n'), "\n";
echo preg_replace(['/^\[.*?\] /m', '/:\d+\]/'], ['', ':PORT]'], file_get_contents($log));
?>
--EXPECT--
the third: session_start(): Sharedance failed to read the session (lock, after N ms, N bytes): the name [127.0.0.1:PORT] leads to two servers, and a lock on one of them does not count on the other (sharedance.session.lock_failure)
fail: session_start(): Sharedance failed to read the session (lock, after N ms, N bytes): the name [127.0.0.1:PORT] leads to two servers, and a lock on one of them does not count on the other (sharedance.session.lock_failure)
readonly: session_write_close(): Sharedance failed to write the session (lock, after N ms, N bytes): it was read without its lock, which no server can give: a name leads to two (sharedance.session.lock_failure)
ignore: written
with another server in the pair: written
no session: 1 value 1 2
sharedance: [127.0.0.1:PORT] is another server than before: the id of its directory has changed
sharedance: [127.0.0.1:PORT] leads to two servers in turn: locks held there are not trusted
