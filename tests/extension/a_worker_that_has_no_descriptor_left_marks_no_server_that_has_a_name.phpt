--TEST--
a worker that has no descriptor left fails, and marks no server, though it cannot look up its name either
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
exec(PHP_BINARY . ' -n -r "exit((int) !function_exists(\'pcntl_fork\'));"', $output, $status);
if ($status !== 0) {
    die('skip it needs pcntl in PHP itself');
}
?>
--FILE--
<?php
require __DIR__ . '/../helper.inc';

/* The child is the worker, and shares the marks with its parent. */
$code = <<<'CODE'
    require getenv('HELPER');
    $cache = new Sharedance();
    $cache->addServers('localhost:' . getenv('PORT'));
    if (pcntl_fork() === 0) {
        for ($all = []; $file = @fopen('/dev/null', 'r'); $all[] = $file);
        report(fn () => $cache->get('key'));
        exit;
    }
    pcntl_wait($status);
    report(fn () => $cache->get('key'));
    CODE;
[$server] = servers(1);
$command = ['sh', '-c', 'ulimit -n 64 && exec "$@"', 'sh', PHP_BINARY, '-n'];
$php = new Process(
    [...$command, ...extension_options(), '-d', 'sharedance.retry_interval=60', '-r', $code],
    null,
    ['HELPER' => __DIR__ . '/../helper.inc', 'PORT' => (string) $server->port]
);
$php->wait();
echo str_replace('No file descriptors available', 'Too many open files', $php->log()); // as musl says it, and glibc
?>
--EXPECT--
SharedanceConnectionException: Failed to connect on [localhost:PORT] "Too many open files"
returned bool(false)
