--TEST--
a change is made within its timeout though one of its servers is silent
--EXTENSIONS--
sharedance
--INI--
sharedance.timeout=4
sharedance.retry_interval=60
--SKIPIF--
<?php
require __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/../helper.inc';

/* A change waits for its lock for half of the time: silence is told from that. */
$servers = servers(2);
foreach (['first', 'second'] as $role) {
    foreach (['new', 'kept'] as $connection) {
        $hold = scratch() . "/$role-$connection";
        $silent = relayed($servers[0], 'holds', $hold, '0');
        $both = $role === 'first' ? [$silent, $servers[1]] : [$servers[1], $silent];
        $pool = pool($both, true, 60);
        for ($i = 0; $pool->getServer("$role$i")->port !== (int) $both[0]->port; $i++) {
        }
        pool($role === 'first' ? [$servers[0], $servers[1]] : [$servers[1], $servers[0]], true, 60)->set("$role$i", '5');
        if ($connection === 'kept') {
            $pool->get("$role$i");
        }
        touch($hold);
        $start = hrtime(true);
        $number = $pool->increment("$role$i");
        $seconds = (hrtime(true) - $start) / 1e9;
        echo "the $role, $connection: $number", $seconds < 3.9 ? '' : ", AFTER $seconds SECONDS";
        echo ', ', array_column($pool->getServers(), 'state', 'port')[$silent->port], ', and then ', $pool->increment("$role$i"), "\n";
        unlink($hold);
        $pool->delete("$role$i");
    }
}
?>
--EXPECT--
the first, new: 6, dead, and then 7
the first, kept: 6, dead, and then 7
the second, new: 6, dead, and then 7
the second, kept: 6, dead, and then 7
