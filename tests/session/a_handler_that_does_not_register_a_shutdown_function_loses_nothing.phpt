--TEST--
a handler that does not register a shutdown function loses nothing when the script ends
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/session.inc';

$script = scratch() . '/script.php';
file_put_contents($script, '<?php
    [, $port, $what] = $argv;
    $cache = new Sharedance();
    $cache->addServer(new SharedanceServer("127.0.0.1", (int) $port));
    ini_set("session.use_cookies", "0");
    ini_set("session.cache_limiter", "");
    ini_set("session.use_strict_mode", "0");
    session_set_save_handler(new SharedanceSession($cache), false);
    session_id("id");
    session_start();
    echo "before: ", json_encode($_SESSION), "\n";
    $_SESSION[$what] = true; /* PHP writes it when the request ends, after all destructors */
');
$server = new TestServer();
foreach (['first', 'second'] as $what) {
    $process = new Process([PHP_BINARY, '-n', ...extension_options(), $script, (string) $server->port, $what]);
    $process->wait();
    echo $process->log();
}
use_servers([$server]);
echo json_encode(visit('id')), "\n";
?>
--EXPECT--
before: []
before: {"first":true}
{"first":true,"second":true}
