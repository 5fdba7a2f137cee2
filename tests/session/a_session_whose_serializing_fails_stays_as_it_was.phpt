--TEST--
a session whose serializing is cut off, by an exception or exit, stays as it was
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

$servers = servers(2);
$path = implode(',', array_map(fn ($server) => "127.0.0.1:$server->port", $servers));

/* A request of the session, in a process of its own. Returns what it printed. */
function request(string $handler, string $serializer, string $code): string
{
    $start = 'session_id("id"); ' . ($handler === 'native' ? 'session_start();'
        : '$cache = new Sharedance(true); foreach (explode(",", "' . $GLOBALS['path'] . '") as $server) {'
            . ' $cache->addServer(new SharedanceServer(...explode(":", $server))); }'
            . ' session_set_save_handler(new SharedanceSession($cache)); session_start();');
    $php = new Process(array_merge([PHP_BINARY, '-n'], extension_options(), ['-d', 'session.save_handler=sharedance',
        '-d', "session.save_path={$GLOBALS['path']}", '-d', 'session.use_cookies=0', '-d', 'session.cache_limiter=',
        '-d', 'session.use_strict_mode=0', '-d', "session.serialize_handler=$serializer", '-d', 'log_errors=0', '-r', "$start $code"]));
    $php->wait();
    return $php->log();
}

$classes = 'class Ends { public function __construct(private string $how) {}'
    . ' public function __serialize(): array { $this->how === "exit" ? exit() : throw new Exception("thrown"); } } ';
foreach (['native', 'class'] as $handler) {
    foreach (['php', 'php_serialize', 'php_binary'] as $serializer) {
        foreach (['exit', 'throw'] as $how) {
            foreach (['session_write_close()', 'session_regenerate_id()', 'null'] as $end) {
                request($handler, $serializer, 'session_destroy();');
                request($handler, $serializer, '$_SESSION = ["user" => "anna", "n" => 1];');
                request($handler, $serializer, $classes
                    . '$_SESSION["n"]++; $_SESSION["ends"] = new Ends("' . $how . "\"); $end;");
                $left = request($handler, $serializer, 'echo json_encode($_SESSION);');
                if ($left !== '{"user":"anna","n":1}') {
                    echo "$handler, $serializer, $how, $end: $left\n";
                }
            }
        }
    }
}
echo "done\n";
?>
--EXPECT--
done
