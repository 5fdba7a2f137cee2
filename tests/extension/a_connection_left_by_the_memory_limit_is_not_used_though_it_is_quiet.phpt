--TEST--
a connection left by the memory limit is not used though it is quiet
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
--INI--
memory_limit=8M
--FILE--
<?php
require __DIR__ . '/../helper.inc';

/* The line of an answer has come and its value has not, when there is no room for it. */
register_shutdown_function(function () use (&$cache, &$relay) {
    echo $cache->get('small'), ', ', $relay->connections(), " connections\n";
});
$server = new TestServer();
$hold = scratch() . '/hold';
$relay = relayed($server, 'holds', $hold, '80');
$filler = new Process(array_merge(
    [PHP_BINARY, '-n', '-d', 'memory_limit=128M'],
    extension_options(),
    ['-r', '$c = new Sharedance(); $c->addServer(new SharedanceServer("127.0.0.1", (int) $argv[1])); $c->set("big", str_repeat("x", 20 << 20)); $c->set("small", "right");', (string) $server->port]
));
echo $filler->wait(), "\n";
$cache = pool([$relay]);
touch($hold);
$cache->get('big');
echo "not reached\n";
?>
--EXPECTF--
0

Fatal error: Allowed memory size of 8388608 bytes exhausted%s
right, 2 connections
