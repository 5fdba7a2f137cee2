--TEST--
a unix socket whose queue is full is tried again until the deadline
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
if (!function_exists('pcntl_fork')) {
    die('skip pcntl is needed to fork');
}
?>
--INI--
sharedance.retry_interval=0
--FILE--
<?php
require __DIR__ . '/../helper.inc';

/* 40 workers come to a server that is stopped, and whose queue has room for 8. */
$path = scratch() . '/socket';
$server = new TestServer(["--unix-socket=$path", '--backlog=8']);

/** @return list<int> the children, all of which are about to ask */
function workers(string $path, string $connect_timeout, string $timeout): array
{
    $children = [];
    ini_set('sharedance.connect_timeout', $connect_timeout);
    ini_set('sharedance.timeout', $timeout);
    for ($i = 0; $i < 40; $i++) {
        $children[] = $child = pcntl_fork();
        if ($child === 0) {
            $cache = new Sharedance();
            $cache->addServers("unix:$path");
            touch(scratch() . "/began-$i");
            try {
                $result = (string) $cache->set("k$i", 'v');
            } catch (SharedanceException $failure) {
                $result = preg_replace('/^.*"(.*)".*$/', '$1', $failure->getMessage());
                $result = preg_replace('/\d+ ms/', 'N ms', $result);
            }
            file_put_contents(scratch() . "/result-$i", $result);
            exit(0);
        }
    }
    wait_until(fn () => count(glob(scratch() . '/began-*')) === 40, 'all workers');
    return $children;
}

/** @return array<string, int> */
function results(array $children): array
{
    foreach ($children as $child) {
        wait_until(fn () => pcntl_waitpid($child, $status, WNOHANG) === $child, 'a worker');
    }
    $results = array_count_values(array_map('file_get_contents', glob(scratch() . '/result-*')));
    array_map('unlink', array_merge(glob(scratch() . '/result-*'), glob(scratch() . '/began-*')));
    return $results;
}

echo "-- it stays stopped\n";
$server->process->signal(SIGSTOP);
$results = results(workers($path, '0.5', '1'));
$full = $results['not connected within N ms, its queue of connections was full'] ?? 0;
$taken = $results['no complete answer within N ms (0 bytes received)'] ?? 0;
echo $full >= 30 && $taken > 0 && $full + $taken === 40 ? "all failed in time\n" : print_r($results, true);

echo "-- it goes on while they wait\n";
$children = workers($path, '60', '60');
$server->process->signal(SIGCONT);
print_r(results($children));
?>
--EXPECT--
-- it stays stopped
all failed in time
-- it goes on while they wait
Array
(
    [1] => 40
)
