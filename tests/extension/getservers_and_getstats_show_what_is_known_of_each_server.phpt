--TEST--
getServers and getStats show what is known of each server
--EXTENSIONS--
sharedance
--INI--
sharedance.retry_interval=1000
--SKIPIF--
<?php
require __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
skip_unless_memcached();
?>
--FILE--
<?php
require __DIR__ . '/../helper.inc';

$ours = new TestServer();
$memcached = new MemcachedServer();
$classic = classic(new TestServer());
$dead = new SharedanceServer('127.0.0.1', refusing_port(), weight: 3);

function show(Sharedance $cache): void
{
    foreach ($cache->getServers() as $server) {
        foreach (['since', 'next_try'] as $time) {
            if ($server[$time] !== null) {
                $server[$time] = $server[$time] > microtime(true) ? 'later'
                    : ($server[$time] > microtime(true) - 3600 ? 'lately' : $server[$time]);
            }
        }
        $server['port'] = 'PORT';
        $server['version'] = preg_replace('/[\d.]+/', 'N', $server['version'] ?? 'null');
        echo json_encode($server), "\n";
    }
}

function of(SharedanceServer|TestServer|MemcachedServer|BrokenServer $server): Sharedance
{
    $cache = new Sharedance();
    $cache->addServer($server instanceof SharedanceServer ? $server : $server->object());
    return $cache;
}

foreach ([$ours, $memcached, $classic, $dead] as $server) {
    $cache = of($server);
    show($cache);
    try {
        $cache->set('k', 'value');
        $cache->get('k');
        $cache->get('none');
    } catch (SharedanceException) {
    }
    show($cache);
    $stats = current($cache->getStats());
    var_dump(key($cache->getStats()) === "127.0.0.1:{$cache->getServer('k')->port}");
    echo json_encode(array_diff_key($stats, ['latency' => 0, 'bytes_sent' => 0, 'bytes_received' => 0])), "\n";
    var_dump($stats['bytes_sent'] > 30, $stats['bytes_received'] > 10, array_sum($stats['latency']));
}
echo json_encode(array_map(fn ($us) => $us === PHP_INT_MAX ? 'all others' : $us, array_keys($stats['latency']))), "\n";

echo "each of many\n";
[$a, $b] = servers(2);
$cache = of($a);
$cache->set('k', 'value');
$cache->getMulti(['k', 'none', 'k', 'nor', 'k']);
$stats = current($cache->getStats());
echo "operations $stats[operations] misses $stats[misses]\n";

echo "a repair, and a failover\n";
$cache = pool([$a, $b], true);
$key = $cache->getServer('x')->port === $a->port ? 'x' : 'y';
$cache->set($key, '1');
lose_data($b);
$cache->get($key);
$b->kill();
$cache->get($key);
foreach ($cache->getStats() as $stats) {
    echo "repairs $stats[repairs] failovers $stats[failovers]\n";
}
echo "entries that a start left unproven, as of the connection: ";
$a->kill();
$a->start();
wait_until(fn () => str_contains(meta_line($a, 'mn sharedance') . ' ', ' u2 '), 'the flush of what the start found');
$cache = of($a);
$cache->get('k');
echo $cache->getServers()[0]['unproven'], "\n";
echo "none without a server: ", json_encode([(new Sharedance())->getServers(), (new Sharedance())->getStats()]), "\n";
?>
--EXPECT--
{"host":"127.0.0.1","port":"PORT","weight":1,"protocol":null,"version":"null","state":"unknown","since":null,"next_try":null,"failures":0,"last_error":null,"connections":0,"unproven":null}
{"host":"127.0.0.1","port":"PORT","weight":1,"protocol":"meta","version":"Ndev-sharedanced","state":"alive","since":"lately","next_try":null,"failures":0,"last_error":null,"connections":1,"unproven":0}
bool(true)
{"operations":3,"misses":1,"failures":0,"failovers":0,"repairs":0,"timeouts":0,"connect_timeouts":0,"skipped":0}
bool(true)
bool(true)
int(3)
{"host":"127.0.0.1","port":"PORT","weight":1,"protocol":null,"version":"null","state":"unknown","since":null,"next_try":null,"failures":0,"last_error":null,"connections":0,"unproven":null}
{"host":"127.0.0.1","port":"PORT","weight":1,"protocol":"meta","version":"N","state":"alive","since":"lately","next_try":null,"failures":0,"last_error":null,"connections":1,"unproven":null}
bool(true)
{"operations":3,"misses":1,"failures":0,"failovers":0,"repairs":0,"timeouts":0,"connect_timeouts":0,"skipped":0}
bool(true)
bool(true)
int(3)
{"host":"127.0.0.1","port":"PORT","weight":1,"protocol":null,"version":"null","state":"unknown","since":null,"next_try":null,"failures":0,"last_error":null,"connections":0,"unproven":null}
{"host":"127.0.0.1","port":"PORT","weight":1,"protocol":"classic","version":"null","state":"alive","since":"lately","next_try":null,"failures":0,"last_error":null,"connections":0,"unproven":null}
bool(true)
{"operations":3,"misses":1,"failures":0,"failovers":0,"repairs":0,"timeouts":0,"connect_timeouts":0,"skipped":0}
bool(true)
bool(true)
int(3)
{"host":"127.0.0.1","port":"PORT","weight":3,"protocol":null,"version":"null","state":"unknown","since":null,"next_try":null,"failures":0,"last_error":null,"connections":0,"unproven":null}
{"host":"127.0.0.1","port":"PORT","weight":3,"protocol":null,"version":"null","state":"dead","since":"lately","next_try":"later","failures":1,"last_error":"Connection refused","connections":0,"unproven":null}
bool(true)
{"operations":1,"misses":0,"failures":1,"failovers":0,"repairs":0,"timeouts":0,"connect_timeouts":0,"skipped":0}
bool(false)
bool(false)
int(1)
[16,32,64,128,256,512,1024,2048,4096,8192,16384,32768,65536,131072,262144,524288,1048576,2097152,4194304,8388608,"all others"]
each of many
operations 6 misses 2
a repair, and a failover
repairs 0 failovers 0
repairs 1 failovers 1
entries that a start left unproven, as of the connection: 2
none without a server: [[],[]]
