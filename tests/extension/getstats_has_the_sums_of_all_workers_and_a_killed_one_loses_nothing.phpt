--TEST--
getStats() has the sums of all workers of this user, of which one that is killed loses nothing; STATS_PROCESS has this process's
--EXTENSIONS--
sharedance
posix
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

$server = new TestServer();
$other = new TestServer();
$list = "127.0.0.1:$server->port, 127.0.0.1:$other->port";

function pool_of(string $list): Sharedance
{
    $cache = new Sharedance();
    $cache->addServers($list);
    return $cache;
}

/* A worker that does it, and is killed in the middle of a script. */
function worker(callable $does): void
{
    [$ours, $its] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
    stream_set_timeout($ours, 120);
    $pid = pcntl_fork();
    if ($pid === 0) {
        fclose($ours);
        $does();
        fwrite($its, 'done');
        fread($its, 1); /* until it is killed, or the test has ended */
        posix_kill(getmypid(), 9);
    }
    fclose($its);
    echo fread($ours, 4) === 'done' ? '' : "the worker did not do it\n";
    posix_kill($pid, 9);
    pcntl_waitpid($pid, $status);
}

function of(array $stats): array
{
    return ['operations' => array_sum(array_column($stats, 'operations')), 'misses' => array_sum(array_column($stats, 'misses')),
        'failures' => array_sum(array_column($stats, 'failures')), 'latency' => array_sum(array_map(fn ($each) => array_sum($each['latency']), $stats))];
}

function show(Sharedance $cache): void
{
    echo 'all ', json_encode(of($cache->getStats())), "\nthis ", json_encode(of($cache->getStats(Sharedance::STATS_PROCESS))), "\n";
}

for ($worker = 0; $worker < 3; $worker++) {
    worker(function () use ($list) {
        $cache = pool_of($list);
        for ($i = 0; $i < 10; $i++) {
            $cache->set("key$i", str_repeat('x', 1000));
            $cache->get("key$i");
            $cache->get("none$i", null);
        }
    });
}

/* this process has asked nothing yet */
$cache = pool_of($list);
$servers = $cache->getServers();
echo "what others know\n";
foreach ($servers as $each) {
    echo "  $each[state], $each[protocol], $each[version], unproven ", json_encode($each['unproven']), ", connections $each[connections], since ",
        abs($each['since'] - microtime(true)) < 600 ? 'then' : $each['since'], "\n";
}
show($cache);
$all = $cache->getStats();
echo 'bytes: ', min(array_column($all, 'bytes_sent')) > 3000 && min(array_column($all, 'bytes_received')) > 3000 ? 'yes' : 'NO', "\n";
$cache->get('key0');
show($cache);
ob_start();
phpinfo(INFO_MODULES);
echo preg_match('/counted by all workers => operations (\d+)/', ob_get_clean(), $match) ? "phpinfo() has them\n" : "phpinfo() has NONE\n";

/* failures, too, and what a child inherits counts once */
$other->kill();
$server->kill();
worker(function () use ($list) {
    try {
        pool_of($list)->get('key0');
    } catch (SharedanceException) {
    }
});
show($cache);
foreach ([0, 3] as $scope) {
    try {
        $cache->getStats($scope);
    } catch (ValueError $error) {
        echo $error->getMessage(), "\n";
    }
}
?>
--EXPECTF--
what others know
  alive, meta, %s-sharedanced, unproven 0, connections 0, since then
  alive, meta, %s-sharedanced, unproven 0, connections 0, since then
all {"operations":90,"misses":30,"failures":0,"latency":%d}
this {"operations":0,"misses":0,"failures":0,"latency":0}
bytes: yes
all {"operations":91,"misses":30,"failures":0,"latency":%d}
this {"operations":1,"misses":0,"failures":0,"latency":%d}
phpinfo() has them
all {"operations":9%d,"misses":30,"failures":1,"latency":%d}
this {"operations":1,"misses":0,"failures":0,"latency":%d}
Sharedance::getStats(): Argument #1 ($scope) must be one of Sharedance::STATS_ALL and Sharedance::STATS_PROCESS
Sharedance::getStats(): Argument #1 ($scope) must be one of Sharedance::STATS_ALL and Sharedance::STATS_PROCESS
