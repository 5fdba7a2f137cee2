--TEST--
what arrives when its client has given up undoes nothing newer
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/e2e.inc';

/* A server that is stopped takes requests as long as there is room in its sockets, and runs them when it
 * goes on: seconds after the client has done without it, or has failed, and after others have written. */
ini_set('sharedance.timeout', '0.6');
$ours = [
    'set' => fn (Sharedance $pool, string $key) => $pool->set($key, '10'),
    'delete' => fn (Sharedance $pool, string $key) => $pool->delete($key),
    'cas' => fn (Sharedance $pool, string $key) => $pool->cas($key, '10', $pool->getWithVersion($key)[1]),
    'replace' => fn (Sharedance $pool, string $key) => $pool->replace($key, '10'),
    'increment' => fn (Sharedance $pool, string $key) => $pool->increment($key),
    'touch' => fn (Sharedance $pool, string $key) => $pool->touch($key, 1000),
];
$others = [
    'set' => fn (Sharedance $pool, string $key) => $pool->set($key, '11'),
    'delete' => fn (Sharedance $pool, string $key) => $pool->delete($key),
    'delete and set' => fn (Sharedance $pool, string $key) => [$pool->delete($key), $pool->set($key, '11')],
];

$servers = [$a, $b] = servers(2);
$direct = pool($servers, true);
foreach ([0, 1] as $late) {
    $gate = new Gate($servers[$late], '/^m(?:[sda] key|g key\\d+ .* T\d)/');
    $pool = new Sharedance(true);
    foreach ($servers as $i => $server) {
        $pool->addServer(new SharedanceServer('127.0.0.1', $i === $late ? $gate->port : $server->port));
    }
    $keys = keys_of($direct, $a, count($ours) * count($others), "key$late");
    $cases = [];
    foreach ($ours as $name => $do) {
        foreach ($others as $newer => $write) {
            $key = array_pop($keys);
            $direct->set($key, '1');
            $outcome = outcome(fn () => $do($pool, $key));
            $write($direct, $key);
            $cases[] = [$key, $name, $newer, $outcome];
        }
    }
    $pool->close();
    $gate->pass();
    foreach ($cases as [$key, $name, $newer, $outcome]) {
        $expected = $newer === 'delete' ? null : '11';
        $copies = array_map(fn ($server) => held($server, $key), $servers);
        if ($copies !== [$expected, $expected] || $direct->get($key, null) !== $expected) {
            echo "$name late on the ", ['first', 'second'][$late], ", others $newer: ",
                json_encode([$outcome, $copies, $direct->get($key)]), "\n";
        }
    }
    echo count($cases), " late on the ", ['first', 'second'][$late], "\n";
}
?>
--EXPECT--
18 late on the first
18 late on the second
