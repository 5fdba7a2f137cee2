--TEST--
opcache's preloading and JIT change nothing: classes of servers and sessions are preloaded, and operations while that is done are real
--EXTENSIONS--
sharedance
session
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
if (getenv('USE_ZEND_ALLOC') === '0') {
    die('skip valgrind and sanitizers cannot follow machine code that PHP makes');
}
$loads = extension_loaded('Zend OPcache') ? '' : '-d zend_extension=opcache'; /* from PHP 8.5 on it is always there */
exec(escapeshellarg(PHP_BINARY) . " -n $loads" . ' -d opcache.enable_cli=1 -d opcache.jit=tracing -d opcache.jit_buffer_size=16M'
    . ' -r ' . escapeshellarg('exit((opcache_get_status()["jit"]["on"] ?? false) ? 0 : 1);') . ' 2>&1', $output, $status);
if ($status !== 0) {
    die('skip there is no opcache with a JIT');
}
?>
--FILE--
<?php
require __DIR__ . '/../helper.inc';

$preload = scratch() . '/preload.php';
file_put_contents($preload, '<?php
    class Counting extends SharedanceServer
    {
        public int $calls = 0;

        public function send(string $command): string
        {
            $this->calls++;
            return parent::send($command);
        }
    }
    final class Handler extends SharedanceSession
    {
    }
    final class OneHandler extends SessionHandler
    {
    }
    function hot(Sharedance $cache, int $i): bool
    {
        return $cache->set("key-" . $i % 10, "value $i") > 0 && $cache->get("key-" . $i % 10) === "value $i";
    }
    $cache = new Sharedance(true);
    $cache->addServers(getenv("SERVERS"));
    $ignored = $cache->set("preloaded", "while it was loaded");
');
$script = scratch() . '/script.php';
file_put_contents($script, '<?php
    ob_start();
    $cache = new Sharedance(true);
    $cache->addServers(getenv("SERVERS"));
    var_dump($cache->get("preloaded"), opcache_get_status()["jit"]["on"]);
    $right = 0;
    for ($i = 0; $i < 5000; $i++) {
        $right += hot($cache, $i);
    }
    $own = new Sharedance();
    $own->addServer($server = new Counting("127.0.0.1", (int) getenv("PORT")));
    for ($i = 0; $i < 1000; $i++) {
        $right += hot($own, $i);
    }
    echo "$right right, $server->calls calls\n";
    foreach ([null, new OneHandler(), new Handler($cache)] as $handler) {
        if ($handler !== null) {
            session_set_save_handler($handler);
        }
        for ($i = 0; $i < 20; $i++) {
            session_id("id");
            session_start();
            $_SESSION["n"] = ($_SESSION["n"] ?? 0) + 1;
            session_write_close();
        }
    }
    echo $_SESSION["n"], " in the session\n";
');
$servers = servers(2);
$list = implode(', ', array_map(fn ($server) => "$server->host:$server->port", $servers));
$process = new Process([PHP_BINARY, '-n', ...extension_options(), ...(extension_loaded('Zend OPcache') ? [] : ['-d', 'zend_extension=opcache']), '-d', 'opcache.enable_cli=1',
    '-d', 'opcache.jit=tracing', '-d', 'opcache.jit_buffer_size=16M', '-d', 'opcache.jit_hot_loop=1', '-d', 'opcache.jit_hot_func=1',
    '-d', "opcache.preload=$preload", '-d', 'opcache.preload_user=' . (is_root() ? 'root' : ''),
    '-d', 'session.save_handler=sharedance', '-d', "session.save_path=$list", '-d', 'session.use_cookies=0', '-d', 'session.cache_limiter=', '-d', 'session.use_strict_mode=0', $script],
    null, ['SERVERS' => $list, 'PORT' => (string) $servers[0]->port]);
$status = $process->wait();
echo $process->log(), "status $status\n";
?>
--EXPECT--
string(19) "while it was loaded"
bool(true)
6000 right, 2000 calls
60 in the session
status 0
