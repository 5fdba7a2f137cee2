--TEST--
a fiber that waits in a send() and is never resumed leaves nothing, and holds no lock after its request
--EXTENSIONS--
sharedance
session
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/../helper.inc';

/* PHP's own web server: one process for all requests. The session is locked on the first server when the second
 * one's send() suspends. */
$server = new TestServer();
$script = scratch() . '/web.php';
file_put_contents($script, '<?php
    class Waiting extends SharedanceServer
    {
        public bool $waits = false;

        public function send(string $command): string
        {
            if ($this->waits) {
                Fiber::suspend();
            }
            return "";
        }
    }
    #[AllowDynamicProperties]
    class Session extends SharedanceSession
    {
    }
    final class Told
    {
        public function __destruct()
        {
            $GLOBALS["freed"] = true;
        }
    }

    function session(SharedanceServer ...$servers): SharedanceSession
    {
        $pool = new Sharedance(count($servers) > 1);
        foreach ($servers as $server) {
            $pool->addServer($server);
        }
        $session = new Session($pool);
        $session->open("", "");
        return $session;
    }

    set_error_handler(fn () => true);
    ini_set("sharedance.session.lock_wait", "0");
    $real = new SharedanceServer("127.0.0.1", (int) $_GET["port"]);
    if ($_GET["do"] === "look") {
        echo session($real)->read("id") === false ? "locked" : "free", " ";
        return;
    }
    $waiting = new Waiting("waiting");
    $session = session($real, $waiting);
    $fiber = new Fiber(function () use ($session, $waiting) {
        $told = new Told();
        $session->read("id");
        $waiting->waits = true;
        $session->write("id", "data");
        echo "RESUMED";
    });
    $fiber->start();
    if ($_GET["do"] === "ask") { /* while it is suspended */
        echo file_get_contents("http://127.0.0.1:$_GET[other]/?port=$_GET[port]&do=look");
        return;
    }
    if ($_GET["do"] === "unset") {
        unset($fiber);
        echo isset($freed) ? "freed " : "NOT FREED ";
    } elseif ($_GET["do"] === "cycle") {
        $session->fiber = $fiber;
    } elseif ($_GET["do"] === "die") {
        trigger_error("on purpose", E_USER_ERROR);
    }
    echo $fiber ?? null ? "suspended " : "gone ", count(scandir("/proc/self/fd")), " ";
');
$start = function () use ($script, &$port): Process {
    $port = refusing_port();
    $web = new Process([PHP_BINARY, '-n', ...extension_options(), '-d', 'log_errors=0', '-S', "127.0.0.1:$port", $script]);
    wait_until(fn () => @stream_socket_client("tcp://127.0.0.1:$port"), 'the web server');
    return $web;
};
$get = fn (int $port, string $do) => (string) file_get_contents("http://127.0.0.1:$port/?port=$server->port&do=$do");
$web = $start();
$mine = $port;
$other = $start();
$others = $port;
foreach (['end', 'unset', 'cycle', 'die'] as $do) {
    $said = [];
    for ($i = 0; $i < 20; $i++) {
        $said[$get($mine, $do)] = true;
        if (($look = $get($i % 2 ? $mine : $others, 'look')) !== 'free ') {
            echo "$look after $do\n";
        }
    }
    preg_match_all('/(\d+) $/m', implode("\n", array_keys($said)), $descriptors);
    echo $do, ': ', implode(array_unique(preg_replace('/\d+ $/', '', array_keys($said)))), "\n";
    if ($descriptors[1] !== [] && max($descriptors[1]) > min($descriptors[1]) + 1) { /* the first request connects */
        echo 'descriptors: ', implode(' ', $descriptors[1]), "\n";
    }
}

echo 'while it is suspended, the session is locked: ', $get($mine, "ask&other=$others"), $get($others, 'look'), "\n";
?>
--EXPECT--
end: suspended 
unset: freed gone 
cycle: suspended 
die: suspended 
while it is suspended, the session is locked: locked free 
