--TEST--
servers that nobody asks any more are given back
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
if (PHP_OS_FAMILY !== 'Linux' || getenv('SANITIZE') || str_contains((string) getenv('LD_PRELOAD'), 'san')) {
    die('skip needs /proc, and a library of its own in front');
}
?>
--FILE--
<?php
require __DIR__ . '/../helper.inc';
require __DIR__ . '/../clock.inc';

/* Servers come and go under new addresses, and a worker lives long: here one server has many names.
 * The worker's clock is the test's. */
const NAMES = 60;
$directory = scratch();
$server = new TestServer(["--unix-socket=$directory/s"]);
for ($i = 0; $i < NAMES; $i++) {
    symlink("$directory/s", "$directory/n$i");
}
$script = scratch() . '/web.php';
file_put_contents($script, '<?php
    $first = (int) $_GET["first"];
    for ($i = $first; $i < $first + (int) $_GET["count"]; $i++) {
        $cache = new Sharedance();
        $cache->addServer(new SharedanceServer("unix:' . $directory . '/n$i"));
        $cache->get("x");
        $cache->close();
    }
    $state = isset($_GET["state"]) ? $cache->getServers()[0]["state"] : "";
    $sockets = 0;
    foreach (scandir("/proc/self/fd") as $fd) {
        $sockets += str_starts_with((string) @readlink("/proc/self/fd/$fd"), "socket:");
    }
    echo $sockets, $state;
');
set_clocks(0, 0);
$port = refusing_port();
$web = new Process(
    [PHP_BINARY, '-n', ...extension_options(), '-S', "127.0.0.1:$port", $script],
    null,
    ['LD_PRELOAD' => clock_library(), 'CLOCK_ERROR' => clock_file(), 'CLOCK_MONOTONIC' => '1']
);
wait_until(fn () => @stream_socket_client("tcp://127.0.0.1:$port"), 'the web server');
$get = fn (int $first, int $count) => file_get_contents("http://127.0.0.1:$port/?first=$first&count=$count");
$before = (int) $get(0, 0);
echo 'one server: ', $get(0, 1) - $before, "\n";
echo 'many: ', $get(0, NAMES) - $before, "\n";
set_clocks(0, 500); /* however long a slow machine takes to ask them all */
echo 'at the end of the first request after 500 s: ', $get(0, 1) - $before, ', then ', $get(0, 0) - $before, "\n";
set_clocks(0, 700);
$get(0, 0);
echo 'ten minutes after they were asked last: ', $get(0, 0) - $before, "\n";
echo 'and asked again: ', $get(0, NAMES) - $before, "\n";
set_clocks(0, 1400);
$get(0, 0);
echo 'all: ', $get(0, 0) - $before, "\n";
?>
--EXPECT--
one server: 1
many: 60
at the end of the first request after 500 s: 60, then 60
ten minutes after they were asked last: 1
and asked again: 60
all: 0
