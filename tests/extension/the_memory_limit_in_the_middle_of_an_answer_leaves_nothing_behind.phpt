--TEST--
the memory limit in the middle of an answer leaves nothing behind
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

/* A value larger than the limit: PHP leaves the extension by longjmp while the answer is read. The
 * shutdown function goes on in the same process with the same server. */
$descriptors = fn () => count(scandir('/proc/self/fd'));
register_shutdown_function(function () use (&$cache, &$before, $descriptors) {
    echo $cache->get('small'), "\n";
    echo $descriptors() <= $before ? 'no descriptor left open' : 'a descriptor was left open', "\n";
});
$server = new TestServer();
$cache = pool([$server]);
$cache->set('small', 'still right');
$big = new Process(array_merge(
    [PHP_BINARY, '-n', '-d', 'memory_limit=128M'],
    extension_options(),
    ['-r', '$c = new Sharedance(); $c->addServer(new SharedanceServer("127.0.0.1", (int) $argv[1])); echo $c->set("big", str_repeat("x", 20 << 20));', (string) $server->port]
));
$big->wait();
echo 'stored by another process: ', $big->log(), "\n";

$before = $descriptors();
$cache->get('big');
echo "not reached\n";
?>
--EXPECTF--
stored by another process: 1

Fatal error: Allowed memory size of 8388608 bytes exhausted%s
still right
no descriptor left open
