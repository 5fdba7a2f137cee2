--TEST--
dead marks are shared by all workers and outlive one that is killed
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
--INI--
sharedance.connect_timeout=0.3
sharedance.retry_interval=1000
--FILE--
<?php
require __DIR__ . '/../helper.inc';

/* A process that asks when it is told to. */
class Worker
{
    public int $pid;
    /** @var resource */
    private $socket;
    /** @var list<resource> the parent's ends, with whose end all workers end */
    private static array $sockets = [];

    public function __construct(private string $log)
    {
        [$this->socket, $other] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
        stream_set_timeout($this->socket, 300);
        stream_set_timeout($other, 300);
        self::$sockets[] = $this->socket;
        $this->pid = pcntl_fork();
        if ($this->pid === 0) {
            array_map('fclose', self::$sockets);
            $this->obey($other);
            posix_kill(getmypid(), 9); /* the servers are the parent's */
        }
    }

    /* What a child does: each line is a task, and is answered with one. */
    private function obey($socket): void
    {
        $parent = posix_getppid();
        while (($task = fgets($socket)) !== false) {
            [$port, $interval, $timeout, $until] = json_decode($task);
            ini_set('sharedance.retry_interval', (string) $interval);
            ini_set('sharedance.connect_timeout', (string) $timeout);
            $cache = new Sharedance();
            $cache->addServer(new SharedanceServer('127.0.0.1', $port));
            do {
                $before = $this->statistics($cache);
                try {
                    $outcome = json_encode($cache->get('k'));
                } catch (SharedanceException $exception) {
                    $outcome = preg_replace('/\d+(\.\d+)?( m?s)/', 'N$2', normalize($exception->getMessage()));
                }
                $after = $this->statistics($cache);
                if ($after['timeouts'] > $before['timeouts']) {
                    file_put_contents($this->log, "$port\n", FILE_APPEND);
                }
                usleep(1000);
                clearstatcache();
            } while ($until !== null && !file_exists($until) && posix_getppid() === $parent);
            @fwrite($socket, json_encode([$outcome, $after]) . "\n");
        }
    }

    private function statistics(Sharedance $cache): array
    {
        $all = array_values($cache->getStats(Sharedance::STATS_PROCESS))[0];
        return ['timeouts' => $all['timeouts'], 'skipped' => $all['skipped']];
    }

    /* Once, or again and again until a file is there. */
    public function ask(int $port, float $interval, float $timeout, ?string $until = null): void
    {
        fwrite($this->socket, json_encode([$port, $interval, $timeout, $until]) . "\n");
    }

    /* null: it was ended before */
    public function answer(): ?array
    {
        return json_decode((string) fgets($this->socket), true);
    }

    public function kill(): void
    {
        posix_kill($this->pid, 9);
        pcntl_waitpid($this->pid, $status);
    }
}

$holes = [new BrokenServer('hole'), new BrokenServer('hole'), new BrokenServer('hole')];
$log = scratch() . '/timeouts'; /* the port, a line for each timeout that somebody paid */
touch($log);
$paid = fn (int $port) => count(array_keys(file($log, FILE_IGNORE_NEW_LINES), (string) $port));
$workers = [];
for ($i = 0; $i < 4; $i++) {
    $workers[] = new Worker($log);
}

echo "one pays for all\n";
foreach ($workers as $worker) {
    $worker->ask($holes[0]->port, 1000, 0.3);
    [$outcome, $statistics] = $worker->answer();
    echo json_encode($statistics), ' ', $outcome, "\n";
}

/* Four that each tried for themselves would pay four times in each interval. */
echo "one probes for all\n";
$port = $holes[1]->port;
$workers[0]->ask($port, 0.5, 0.3);
$workers[0]->answer();
$begin = hrtime(true);
foreach ($workers as $worker) {
    $worker->ask($port, 0.5, 0.3, scratch() . '/enough');
}
wait_until(fn () => $paid($port) >= 5, 'probes');
touch(scratch() . '/enough');
$skipped = 0;
foreach ($workers as $worker) {
    [, $statistics] = $worker->answer();
    $skipped += $statistics['skipped'] > 0;
}
$intervals = (hrtime(true) - $begin) / 5e8;
echo $paid($port) <= 2 + $intervals ? 'at most one' : $paid($port) . ' times', " in each interval, $skipped workers skipped it\n";

/* The time of the next try moves when somebody probes: that one is killed. */
echo "one is killed as it probes\n";
$port = $holes[2]->port;
$workers[0]->ask($port, 0.5, 0.3);
$workers[0]->answer();
$cache = new Sharedance();
$cache->addServer(new SharedanceServer('127.0.0.1', $port));
$next = fn () => $cache->getServers()[0]['next_try'];
for ($try = 0, $killed = false; $try < 20 && !$killed; $try++) {
    $before = $next();
    wait_until(fn () => microtime(true) > $before, 'the time of the next try');
    $victim = new Worker($log);
    $victim->ask($port, 0.5, 2 + $try);
    wait_until(fn () => $next() > $before + 0.5, 'a probe');
    $victim->kill();
    $killed = $victim->answer() === null; /* else it was not killed in time */
}
echo $killed ? "killed\n" : "never in time\n";
$before = $paid($port);
$lease = $next();
foreach ($workers as $worker) {
    $worker->ask($port, 0.5, 0.3, scratch() . '/probed');
}
wait_until(fn () => $paid($port) > $before, 'another one that probes');
echo microtime(true) >= $lease ? "then another one probes, after its lease\n" : "another one probes at the same time\n";
touch(scratch() . '/probed');
array_map(fn ($worker) => $worker->answer(), $workers);

echo "one finds it alive, for all\n";
$holes[2]->process->kill();
$server = new TestServer(["--port=$port"]);
$workers[0]->ask($port, 0.5, 10, scratch() . '/alive');
wait_until(fn () => $cache->getServers()[0]['state'] === 'alive', 'one who finds it');
touch(scratch() . '/alive');
$workers[0]->answer();
foreach ($workers as $worker) {
    $worker->ask($port, 0.5, 10);
    echo $worker->answer()[0], "\n";
}
foreach ($workers as $worker) {
    $worker->kill();
}
?>
--EXPECT--
one pays for all
{"timeouts":1,"skipped":0} Failed to connect on [127.0.0.1:PORT] "not connected within N ms"
{"timeouts":0,"skipped":1} Failed to connect on [127.0.0.1:PORT] "marked dead N s ago for all PHP workers of this user: not connected within N ms; tried again in N s"
{"timeouts":0,"skipped":1} Failed to connect on [127.0.0.1:PORT] "marked dead N s ago for all PHP workers of this user: not connected within N ms; tried again in N s"
{"timeouts":0,"skipped":1} Failed to connect on [127.0.0.1:PORT] "marked dead N s ago for all PHP workers of this user: not connected within N ms; tried again in N s"
one probes for all
at most one in each interval, 4 workers skipped it
one is killed as it probes
killed
then another one probes, after its lease
one finds it alive, for all
false
false
false
false
