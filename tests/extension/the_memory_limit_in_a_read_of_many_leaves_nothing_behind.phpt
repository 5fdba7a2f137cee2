--TEST--
the memory limit in a read of many leaves nothing behind
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

/* Both servers are in the middle of their answers when PHP leaves the extension by longjmp. The
 * shutdown function goes on in the same process, on new connections. */
$descriptors = fn () => count(scandir('/proc/self/fd'));
register_shutdown_function(function () use (&$plain, &$relays, &$before, $descriptors) {
    $wrong = count(array_filter(range(0, 99), fn (int $i) => $plain->get("small-$i") !== "value $i"));
    echo "wrong: $wrong\n";
    echo $descriptors() <= $before ? 'no descriptor left open' : 'a descriptor was left open', "\n";
    ini_set('memory_limit', '-1'); /* the relays' logs are long */
    foreach ($relays as $relay) {
        echo $relay->connections(), " connections\n";
    }
});
$relays = array_map('relayed', servers(2));
$plain = pool($relays);
$small = [];
for ($i = 0; $i < 100; $i++) {
    $small["small-$i"] = "value $i";
}
$ignored = $plain->setMulti($small);
$keys = array_keys($small);
for ($i = 0; $i < 40; $i++) {
    $plain->set("big-$i", str_repeat('x', 1 << 20));
    $keys[] = "big-$i";
}
array_push($keys, ...array_keys($small));
$before = $descriptors();
$plain->getMulti($keys);
echo "not reached\n";
?>
--EXPECTF--

Fatal error: Allowed memory size of 8388608 bytes exhausted%s
wrong: 0
no descriptor left open
2 connections
2 connections
