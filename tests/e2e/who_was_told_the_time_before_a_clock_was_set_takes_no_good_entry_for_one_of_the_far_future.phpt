--TEST--
who was told the time before a clock was set takes no good entry for one of the far future
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
if (trim((string) shell_exec('command -v cc')) === '') {
    die('skip there is no compiler for the clock');
}
?>
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/e2e.inc';
require __DIR__ . '/../clock.inc';

/* The machines began with a clock that is a year behind, and a time service sets it while a client
 * is connected. */
start_on_own_clock();
clock_is_ahead(-365 * 86400);
$servers = servers(2);
$pool = pool($servers, true);
$keys = [...keys_of($pool, $servers[0], 2, 'first'), ...keys_of($pool, $servers[1], 2, 'second')];
foreach ($keys as $key) {
    $pool->set($key, 'old');
}
clock_is_ahead(0);
foreach ($servers as $server) {
    wait_until(fn () => str_contains(converse($server, "stats\r\n"), 'STAT time ' . substr((string) time(), 0, 5)),
        'a server that sees its clock');
}
usleep(1100000);

/* another machine's client writes while one server is away */
[$a, $b] = $servers;
$a->kill();
[$set, $delete, $increment, $session] = $keys;
php('operate.inc', [$a->port, $b->port, "set:$set:new", "delete:$delete", "set:$increment:7", "set:$session:new"])->wait();
$a->start();
echo json_encode([$pool->get($set), $pool->get($delete, null), $pool->increment($increment), $pool->get($session)]), "\n";
foreach ($servers as $server) {
    echo json_encode(array_map(fn ($key) => held($server, $key), $keys)), "\n";
}
?>
--EXPECT--
["new",null,8,"new"]
["new",null,"8","new"]
["new",null,"8","new"]
