--TEST--
connections live on across requests where they are persistent
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
if (getenv('USE_ZEND_ALLOC') === '0') {
    die('skip without its own allocator, as under valgrind, PHP has no memory limit');
}
?>
--FILE--
<?php
require __DIR__ . '/../helper.inc';

/* PHP's own web server: one process for all requests. */
$server = new TestServer();
$script = scratch() . '/web.php';
file_put_contents($script, '<?php
    $cache = new Sharedance();
    $cache->addServer(new SharedanceServer("127.0.0.1", (int) $_GET["port"]));
    if (isset($_GET["big"])) {
        ini_set("memory_limit", "4M");
        $cache->get("big");
    }
    if (isset($_GET["exit"])) {
        $cache->get("k");
        exit("exit");
    }
    if (isset($_GET["throw"])) {
        $cache->get("k");
        throw new Exception("thrown");
    }
    echo getmypid(), " ", $cache->set("k", $_GET["value"]), " ", $cache->get("k");
');
$cache = pool([$server]);
$cache->set('big', str_repeat('x', 20 << 20));
foreach (['1', '0'] as $persistent) {
    $port = refusing_port();
    $web = new Process([PHP_BINARY, '-n', ...extension_options(), '-d', 'log_errors=0', '-d', "sharedance.persistent=$persistent", '-S', "127.0.0.1:$port", $script]);
    wait_until(fn () => @stream_socket_client("tcp://127.0.0.1:$port"), 'the web server');
    $relay = relayed($server);
    $context = stream_context_create(['http' => ['ignore_errors' => true]]);
    $get = fn (string $query) => (string) file_get_contents("http://127.0.0.1:$port/?port=$relay->port&$query", false, $context);

    $processes = [];
    for ($i = 0; $i < 5; $i++) {
        [$pid, $stored, $value] = explode(' ', $get("value=v$i"));
        $processes[$pid] = true;
        if ($stored !== '1' || $value !== "v$i") {
            echo "stored $stored, read $value\n";
        }
    }
    echo "persistent=$persistent: 5 requests, ", count($processes), ' process, ', $relay->connections(), " connections\n";
    $get('exit=1');
    $get('throw=1');
    echo 'after exit and an exception: ', substr(strrchr($get('value=after'), ' '), 1), ', ', $relay->connections(), "\n";
    echo str_contains($get('big=1'), 'Allowed memory size') ? 'the memory limit' : 'NO MEMORY LIMIT', ' in the middle of an answer: ',
        substr(strrchr($get('value=then'), ' '), 1), ', ', $relay->connections(), "\n";
}
?>
--EXPECT--
persistent=1: 5 requests, 1 process, 1 connections
after exit and an exception: after, 1
the memory limit in the middle of an answer: then, 2
persistent=0: 5 requests, 1 process, 5 connections
after exit and an exception: after, 8
the memory limit in the middle of an answer: then, 10
