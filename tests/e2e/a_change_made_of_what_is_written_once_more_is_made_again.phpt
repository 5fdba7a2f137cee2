--TEST--
a change that was made of what is written once more is made again
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

/* A set or delete has reached the second server, and is on its way to the first. A change sees it, is
 * decided by the first, and is on its way to the second. Then the first refuses the set or delete. */
$servers = [$a, $b] = servers(2);
$pool = pool($servers, true);
$keys = keys_of($pool, $a, 3);
$trials = [
    'add after delete' => ['delete:KEY', 'add:KEY:6', '6'],
    'increment after set' => ['set:KEY:10', 'increment:KEY', '11'],
    'replace after set' => ['set:KEY:10', 'replace:KEY:6', '6'],
];
foreach ($trials as $name => [$write, $change, $right]) {
    $key = array_pop($keys);
    $pool->set($key, '1');
    $to_first = new Gate($a, '/^m[sd] /');
    $of_write = php('operate.inc', [$to_first->port, $b->port, str_replace('KEY', $key, $write)]);
    $to_first->await();
    wait_until(fn () => held($b, $key) !== '1', 'the second server');
    $to_second = new Gate($b, '/^ms /');
    $of_change = php('operate.inc', [$a->port, $to_second->port, str_replace('KEY', $key, $change)]);
    if ($name === 'increment after set') {
        /* the first gets the number before it counts; so it has the set already */
        $to_first->open();
    }
    $to_second->await();
    $to_first->open();
    $of_write->wait();
    $to_second->open();
    $of_change->wait();
    $copies = array_map(fn ($server) => held($server, $key), $servers);
    $outcomes = [trim($of_write->log()), trim($of_change->log())];
    echo "$name: ", $copies === [$right, $right] && !in_array('false', $outcomes, true) ? 'right' : 'wrong: '
        . json_encode([$copies, ...$outcomes]), "\n";
}
?>
--EXPECT--
add after delete: right
increment after set: right
replace after set: right
