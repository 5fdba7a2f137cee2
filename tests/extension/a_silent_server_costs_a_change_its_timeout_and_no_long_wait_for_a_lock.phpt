--TEST--
a silent server costs a change its timeout and no long wait for a lock
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--INI--
sharedance.timeout=240
sharedance.retry_interval=0
--FILE--
<?php
require __DIR__ . '/../helper.inc';

/* Half of sharedance.timeout would be two minutes. */
$servers = servers(2);
$hold = scratch() . '/hold';
$silent = relayed($servers[0], 'holds', $hold, '0');
$pool = pool([$silent, $servers[1]], true, 1);
foreach (['first' => $silent, 'second' => $servers[1]] as $role => $first) {
    for ($i = 0; $pool->getServer("key$i")->port !== (int) $first->port; $i++) {
    }
    $changes = [
        'increment' => [fn () => $pool->increment("key$i"), 6],
        'add' => [fn () => $pool->add("key$i", 'x'), false],
        'replace' => [fn () => $pool->replace("key$i", '7'), true],
        'cas' => [fn () => $pool->cas("key$i", '8', 1), false],
    ];
    echo "it is the $role:";
    foreach ($changes as $name => [$change, $expected]) {
        $pool->set("key$i", '5');
        touch($hold);
        $start = hrtime(true);
        $result = $change();
        $seconds = (hrtime(true) - $start) / 1e9;
        unlink($hold);
        echo " $name ", $result === $expected ? 'is right' : 'IS ' . json_encode($result), ';';
        if ($seconds > 60) {
            exit(" AFTER $seconds SECONDS");
        }
    }
    echo "\n";
}
?>
--EXPECT--
it is the first: increment is right; add is right; replace is right; cas is right;
it is the second: increment is right; add is right; replace is right; cas is right;
