--TEST--
what befalls the cache takes no session's lock away
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
require __DIR__ . '/session.inc';

/* A session and a cache on the same servers, which is the usual set-up. */
const BEGIN = '
    start("id");
    $_SESSION["n"] = 1;
    session_write_close();
    start("id");
    $_SESSION["n"] = 2;
    $servers = ini_get("session.save_path");
    $cache = new Sharedance(str_contains($servers, ","));
    $cache->addServers($servers);
';
$ways = [
    'a timeout' => 'ini_set("sharedance.timeout", "0.001");
        try {
            $cache->get("big");
            echo "NO TIMEOUT";
        } catch (SharedanceException) {
        }
        ini_set("sharedance.timeout", "10");',
    'many timeouts' => 'ini_set("sharedance.timeout", "0.001");
        for ($i = 0; $i < 10; $i++) {
            try {
                $cache->getMulti(["big", "other"]);
            } catch (SharedanceException) {
            }
        }
        ini_set("sharedance.timeout", "10");',
    'the memory limit' => 'register_shutdown_function(fn () => ini_set("memory_limit", "-1"));
        ini_set("memory_limit", "6M");
        $cache->get("big");',
    'the memory limit, and what is done after it' => 'register_shutdown_function(function () use ($cache) {
            ini_set("memory_limit", "-1");
            $cache->set("other", "value");
            $cache->increment("number", 1, 1);
        });
        ini_set("memory_limit", "6M");
        $cache->get("big");',
    'close()' => '$cache->get("other");
        $cache->close();',
];
foreach ([1, 2] as $count) {
    $servers = servers($count);
    pool($servers, $count > 1)->set('big', str_repeat('x', 20 << 20));
    foreach ($ways as $what => $code) {
        $request = request($servers, BEGIN . $code, ['display_errors' => '0', 'log_errors' => '0', 'sharedance.session.lock_wait' => '0']);
        $request->wait();
        echo $count, ' server, ', $what, ': ', $request->log(), entry($servers[0], 'id'), ', ',
            is_free($servers[0], 'id') ? 'free' : 'HELD', "\n";
    }
}
?>
--EXPECT--
1 server, a timeout: n|i:2;, free
1 server, many timeouts: n|i:2;, free
1 server, the memory limit: n|i:2;, free
1 server, the memory limit, and what is done after it: n|i:2;, free
1 server, close(): n|i:2;, free
2 server, a timeout: n|i:2;, free
2 server, many timeouts: n|i:2;, free
2 server, the memory limit: n|i:2;, free
2 server, the memory limit, and what is done after it: n|i:2;, free
2 server, close(): n|i:2;, free
