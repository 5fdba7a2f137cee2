--TEST--
a change of a server's state is one line in the error log
--EXTENSIONS--
sharedance
--INI--
sharedance.retry_interval=0.1
log_errors=1
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
if (!function_exists('pcntl_fork')) {
    die('skip pcntl is needed to fork');
}
?>
--FILE--
<?php
require __DIR__ . '/../helper.inc';

$log = scratch() . '/errors';
ini_set('error_log', $log);
[$a, $b] = servers(2);
$cache = pool([$a, $b], true);
$cache->set('a secret key', 'a secret value');
$cache->get('a secret key');
echo file_exists($log) ? 'a line' : 'none', " while all are well\n";

$a->kill();
$children = [];
for ($i = 0; $i < 4; $i++) {
    $children[] = $child = pcntl_fork();
    if ($child === 0) {
        for ($j = 0; $j < 200; $j++) {
            $cache->get('a secret key');
            $cache->set('a secret key', 'a secret value');
        }
        exit(0);
    }
}
foreach ($children as $child) {
    pcntl_waitpid($child, $status);
}
/* probes have failed meanwhile */
wait_until(function () use ($cache) {
    $cache->get('a secret key');
    return $cache->getServers()[0]['failures'] > 3;
}, 'failures');
$a->start();
wait_until(fn () => $cache->set('a secret key', 'a secret value') === 2, 'the first server');

ini_set('log_errors', '0');
$b->kill();
$cache->set('a secret key', 'a secret value');
echo normalize(preg_replace(['/^\[.*?\] /m', '/\d+\.\d s/'], ['', 'N s'], file_get_contents($log)));
?>
--EXPECT--
none while all are well
sharedance: [127.0.0.1:PORT] is marked dead for all PHP workers of this user: Connection refused; tried again in N s
sharedance: [127.0.0.1:PORT] is alive again, after N s
