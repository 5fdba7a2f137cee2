--TEST--
connections end with the request, wherever persistent is set to 0
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/../helper.inc';

/* PHP restores a script's settings before the connections of its request are closed. */
$server = new TestServer();
$script = scratch() . '/web.php';
file_put_contents($script, '<?php
    foreach ($_GET["set"] ?? [] as $value) {
        $value === "restore" ? ini_restore("sharedance.persistent") : ini_set("sharedance.persistent", $value);
    }
    $cache = new Sharedance();
    $cache->addServer(new SharedanceServer("127.0.0.1", (int) $_GET["port"]));
    $cache->set("k", "v");
    if (isset($_GET["exit"])) {
        exit;
    }
    register_shutdown_function(fn () => isset($_GET["late"]) && ini_set("sharedance.persistent", "0"));
');
$relay = relayed($server);

/* The connections that each of three requests has made. */
function made(callable $get, string $query): string
{
    global $relay;
    $made = [];
    for ($i = 0; $i < 3; $i++) {
        $before = $relay->connections();
        $get("port=$relay->port&$query");
        $made[] = $relay->connections() - $before;
    }
    return implode(' ', $made);
}

foreach (['1', '0'] as $persistent) {
    $port = refusing_port();
    $web = new Process([PHP_BINARY, '-n', ...extension_options(), '-d', "sharedance.persistent=$persistent", '-S', "127.0.0.1:$port", $script]);
    wait_until(fn () => @stream_socket_client("tcp://127.0.0.1:$port"), 'the web server');
    $get = fn (string $query) => file_get_contents("http://127.0.0.1:$port/?$query");
    echo "php.ini says $persistent\n";
    foreach (['', 'set[]=0', '', 'set[]=0&exit', 'late', 'set[]=1', 'set[]=0&set[]=1', 'set[]=0&set[]=restore', ''] as $query) {
        echo '  ', str_pad($query, 22), made($get, $query), "\n";
    }
}
?>
--EXPECT--
php.ini says 1
                        1 0 0
  set[]=0               0 1 1
                        1 0 0
  set[]=0&exit          0 1 1
  late                  1 1 1
  set[]=1               1 0 0
  set[]=0&set[]=1       0 0 0
  set[]=0&set[]=restore 0 0 0
                        0 0 0
php.ini says 0
                        1 1 1
  set[]=0               1 1 1
                        1 1 1
  set[]=0&exit          1 1 1
  late                  1 1 1
  set[]=1               1 0 0
  set[]=0&set[]=1       0 0 0
  set[]=0&set[]=restore 0 1 1
                        1 1 1
