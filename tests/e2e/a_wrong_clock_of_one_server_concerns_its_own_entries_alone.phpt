--TEST--
a wrong clock of one server concerns its own entries alone, and nobody when it is set right
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
require __DIR__ . '/../clock.inc';

const AHEAD = 3 * 86400;

function report_yes(string $what, bool $is_so): void
{
    echo $what, ': ', $is_so ? 'yes' : 'no', "\n";
}

/* @return array<int, int> how many keys are stored on so many servers */
function store_all(Sharedance $pool): array
{
    $stored = [];
    for ($i = 0; $i < 200; $i++) {
        $copies = $pool->set("k$i", 'v');
        $stored[$copies] = ($stored[$copies] ?? 0) + 1;
    }
    return $stored;
}

/* One of four, which the others' entries must not notice. What it has of its pairs' entries is not more than a
 * day ahead of their other servers' clocks, for these have the word. */
$servers = [new TestServer(), new TestServer([], null, clock_of_its_own(AHEAD)), new TestServer(), new TestServer()];
$pool = pool($servers, true);
foreach (['first', 'again'] as $time) {
    $stored = store_all($pool);
    report_yes("$time, no write has failed", array_sum($stored) === 200);
    report_yes("$time, most are on both their servers", $stored[2] >= 98);
}
/* another pool of the same worker, which the first one's server must not spoil */
$alone = pool([$servers[1]]);
$alone->set('k', 'v');
$alone->getWithVersion('k');
$others = pool([$servers[0], $servers[2]], true);
report_yes('another pool stores on both', store_all($others) === [2 => 200]);

/* Both clocks of a pair, which are set right. */
start_on_own_clock();
clock_is_ahead(AHEAD);
$servers = servers(2);
$pool = pool($servers, true);
report_yes('with both ahead all is stored on both', store_all($pool) === [2 => 200]);
clock_is_ahead(0);
foreach ($servers as $server) {
    $server->stop();
    $server->start();
}
try {
    $pool->set('k', 'the connections are of before');
} catch (SharedanceException) {
}
report_yes('with both set right, too', store_all($pool) === [2 => 200]);
?>
--EXPECT--
first, no write has failed: yes
first, most are on both their servers: yes
again, no write has failed: yes
again, most are on both their servers: yes
another pool stores on both: yes
with both ahead all is stored on both: yes
with both set right, too: yes
