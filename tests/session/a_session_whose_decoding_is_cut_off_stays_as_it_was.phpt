--TEST--
a session whose decoding is cut off, by a limit or a fatal error, stays as it was
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/session.inc';

$servers = servers(2);

/* A request of the session, in a process of its own. Returns what it printed. */
function in_a_process(string $handler, string $before, string $after): string
{
    $path = save_path($GLOBALS['servers']);
    $handlers = [
        'native' => '',
        'subclass' => 'session_set_save_handler(new class extends SessionHandler {});',
        'class' => '$cache = new Sharedance(true); $cache->addServers("' . $path . '");'
            . ' session_set_save_handler(new SharedanceSession($cache));',
    ];
    $wakes = 'class Wakes { public function __wakeup(): void { if (isset($GLOBALS["woken"])) { ($GLOBALS["woken"])(); } } }';
    $php = new Process([PHP_BINARY, '-n', ...extension_options(), '-d', 'session.save_handler=sharedance',
        '-d', "session.save_path=$path", '-d', 'session.use_cookies=0', '-d', 'session.cache_limiter=',
        '-d', 'session.use_strict_mode=0', '-d', 'log_errors=0', '-d', 'sharedance.session.lock_wait=0',
        '-r', "$handlers[$handler] $wakes session_id('id'); $before session_start(); $after"]);
    $php->wait();
    return $php->log();
}

$cuts = [
    'time limit' => ['$woken = function () { set_time_limit(1); while (true); };', 'Maximum execution time'],
    'fatal error' => ['$woken = function () { eval("class Wakes {}"); };', 'Fatal error'],
];
if (getenv('USE_ZEND_ALLOC') !== '0') { /* else PHP has no memory limit */
    $cuts['memory limit'] = ['ini_set("memory_limit", "8M");', 'Allowed memory size']; /* for one copy of the value */
}
foreach (['native', 'subclass', 'class'] as $handler) {
    foreach ($cuts as $what => [$before, $message]) {
        in_a_process($handler, '', '$_SESSION = ["user" => "anna", "wakes" => new Wakes, "long" => str_repeat("x", 5 << 20)];');
        $cut = in_a_process($handler, $before, 'echo "DECODED";');
        $left = in_a_process($handler, '', 'echo $_SESSION["user"] ?? "nobody", " ", strlen($_SESSION["long"] ?? "");');
        if (!str_contains($cut, $message) || $left !== 'anna 5242880') {
            echo "$handler, $what: $left after $cut\n";
        }
    }
    /* a shutdown function that asks for it after a fatal error gets it */
    in_a_process($handler, 'register_shutdown_function(fn () => session_destroy());', 'eval("class Wakes {}");');
    echo in_a_process($handler, '', 'echo $_SESSION["user"] ?? "nobody";'), "\n";
}
?>
--EXPECT--
nobody
nobody
nobody
