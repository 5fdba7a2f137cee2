--TEST--
a set or delete that took effect once is not repeated over what others made of it
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

/* One's set or delete has reached one server, and is on its way to the other for so long that
 * somebody else sees it and goes on. */
$ours = ['set' => 'set:KEY:10', 'delete' => 'delete:KEY'];
$others = [
    'set' => [
        'cas' => fn (Sharedance $pool, string $key) => $pool->cas($key, '11', $pool->getWithVersion($key)[1]),
        'increment' => fn (Sharedance $pool, string $key) => $pool->increment($key),
        'replace' => fn (Sharedance $pool, string $key) => $pool->replace($key, '11'),
        'set' => fn (Sharedance $pool, string $key) => $pool->set($key, '11'),
        'delete and add' => fn (Sharedance $pool, string $key) => [$pool->delete($key), $pool->add($key, '11')],
    ],
    'delete' => [
        'add' => fn (Sharedance $pool, string $key) => $pool->add($key, '11'),
        'add, delete and add' =>
            fn (Sharedance $pool, string $key) => [$pool->add($key, '9'), $pool->delete($key), $pool->add($key, '11')],
        'set' => fn (Sharedance $pool, string $key) => $pool->set($key, '11'),
    ],
];

$servers = [$a, $b] = servers(2);
$pool = pool($servers, true);
$keys = keys_of($pool, $a, 2 * array_sum(array_map('count', $others)));
foreach ($others as $name => $kinds) {
    foreach ($kinds as $what => $do) {
        foreach ([0, 1] as $late) {
            $key = array_pop($keys);
            $pool->set($key, '1');
            $gate = new Gate($servers[$late], "/^m[sd] $key /");
            $ports = [$a->port, $b->port];
            $ports[$late] = $gate->port;
            $one = php('operate.inc', [...$ports, str_replace('KEY', $key, $ours[$name])]);
            $gate->await();
            wait_until(fn () => $pool->get($key) !== '1', 'the server that it reaches');
            $outcome = $do($pool, $key);
            $seen = $pool->get($key);
            $gate->open();
            $one->wait();
            $copies = array_map(fn ($server) => held($server, $key), $servers);
            $right = $seen === '11' && $pool->get($key) === '11' && $copies === ['11', '11']
                && !in_array(false, (array) $outcome, true) && in_array(trim($one->log()), ['2', 'true'], true);
            echo "$name late on the ", ['first', 'second'][$late], ", others $what: ", $right ? 'right' : 'wrong: '
                . json_encode([$outcome, $seen, $one->log(), $copies, $pool->get($key)]), "\n";
        }
    }
}
?>
--EXPECT--
set late on the first, others cas: right
set late on the second, others cas: right
set late on the first, others increment: right
set late on the second, others increment: right
set late on the first, others replace: right
set late on the second, others replace: right
set late on the first, others set: right
set late on the second, others set: right
set late on the first, others delete and add: right
set late on the second, others delete and add: right
delete late on the first, others add: right
delete late on the second, others add: right
delete late on the first, others add, delete and add: right
delete late on the second, others add, delete and add: right
delete late on the first, others set: right
delete late on the second, others set: right
