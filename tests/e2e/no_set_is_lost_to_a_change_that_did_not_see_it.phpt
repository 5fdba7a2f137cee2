--TEST--
no set or delete is lost to a change that did not see it
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

/* A change has looked at the second server, and its look at the first is under way. Meanwhile a set or
 * delete gets to the second. To the first it gets only when the change has been decided there. */
function gets(TestServer $server): int
{
    preg_match('/cmd_get (\d+)/', converse($server, "stats\r\n"), $match);
    return (int) $match[1];
}

$servers = [$a, $b] = servers(2);
$pool = pool($servers, true);
$keys = keys_of($pool, $a, 5);
$changes = [
    'increment' => ['5', 'increment:KEY', 'set:KEY:100', ['100', '101']],
    'cas' => ['5', 'cas:KEY:6:VERSION', 'set:KEY:100', ['100']],
    'replace' => ['5', 'replace:KEY:6', 'set:KEY:100', ['100', '6']],
    'add' => [null, 'add:KEY:6', 'set:KEY:100', ['100']],
    'increment, and a delete' => ['5', 'increment:KEY', 'delete:KEY', [false]],
];
foreach ($changes as $name => [$before, $change, $write, $right]) {
    $key = array_pop($keys);
    $pool->set($key, '5');
    $version = (string) $pool->getWithVersion($key)[1];
    if ($before === null) {
        $pool->delete($key);
    }
    $looks = array_map(fn ($server) => new Gate($server, "/^mg $key /"), $servers);
    $change = strtr($change, ['KEY' => $key, 'VERSION' => $version]);
    $of_change = php('operate.inc', [$looks[0]->port, $looks[1]->port, $change]);
    $looks[0]->await();
    $looks[1]->await();
    $gets = gets($b);
    $looks[1]->open();
    wait_until(fn () => gets($b) > $gets, 'the look at the second server');
    $way = new Gate($a, '/^m[sd] /');
    $of_write = php('operate.inc', [$way->port, $b->port, str_replace('KEY', $key, $write)]);
    $way->await();
    wait_until(fn () => held($b, $key) !== $before, 'the second server');
    $looks[0]->open();
    $of_change->wait();
    $way->open();
    $of_write->wait();
    $value = $pool->get($key);
    $copies = array_map(fn ($server) => held($server, $key) ?? false, $servers);
    echo "$name: ", in_array($value, $right, true) && $copies === [$value, $value] ? 'right' : 'wrong: '
        . json_encode([$value, $copies, $of_change->log(), $of_write->log()]), "\n";
}
?>
--EXPECT--
increment: right
cas: right
replace: right
add: right
increment, and a delete: right
