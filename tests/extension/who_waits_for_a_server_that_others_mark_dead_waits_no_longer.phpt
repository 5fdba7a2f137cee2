--TEST--
who waits for a server that others mark dead waits no longer
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
if (!function_exists('pcntl_fork')) {
    die('skip pcntl is needed to fork');
}
?>
--INI--
sharedance.retry_interval=1000
sharedance.timeout=1
--FILE--
<?php
require __DIR__ . '/../helper.inc';

/* A child waits, as long as it takes; its parent waits for a moment, and marks the server. Whoever has
 * been marked by then fails at once, which is another text. */
$log = scratch() . '/child';
$ready = scratch() . '/ready';
foreach (['get', 'set', 'send'] as $operation) {
    @unlink($ready);
    $silent = new BrokenServer('meets', '00', $ready, scratch() . '/never');
    $child = pcntl_fork();
    if ($child === 0) {
        ini_set('sharedance.timeout', '100');
        $server = $silent->object(100);
        $cache = new Sharedance();
        $cache->addServer($server);
        ob_start();
        report(fn () => match ($operation) {
            'get' => $cache->get('k'),
            'set' => $cache->set('k', 'v'),
            'send' => $server->send(fetch('k')),
        });
        file_put_contents($log, ob_get_clean());
        exit(0);
    }
    wait_until(fn () => file_exists($ready), 'the request of the child');
    $cache = new Sharedance();
    $cache->addServer($silent->object(100));
    report(fn () => $cache->get('k'));
    pcntl_waitpid($child, $status);
    echo "$operation: ", file_get_contents($log);
}
?>
--EXPECT--
SharedanceTimeoutException: Failed to send command to [127.0.0.1:PORT] "no complete answer within N ms (0 bytes received)"
get: SharedanceConnectionException: Failed to connect on [127.0.0.1:PORT] "closed without an answer, and by the classic protocol: marked dead meanwhile for all PHP workers of this user: no complete answer within N ms (0 bytes received)"
SharedanceTimeoutException: Failed to send command to [127.0.0.1:PORT] "no complete answer within N ms (0 bytes received)"
set: SharedanceConnectionException: Failed to connect on [127.0.0.1:PORT] "closed without an answer, and by the classic protocol: marked dead meanwhile for all PHP workers of this user: no complete answer within N ms (0 bytes received)"
SharedanceTimeoutException: Failed to send command to [127.0.0.1:PORT] "no complete answer within N ms (0 bytes received)"
send: SharedanceConnectionException: Failed to send command to [127.0.0.1:PORT] "marked dead meanwhile for all PHP workers of this user: no complete answer within N ms (0 bytes received)"
