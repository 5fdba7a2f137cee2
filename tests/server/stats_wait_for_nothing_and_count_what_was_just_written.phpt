--TEST--
stats waits for nothing, and counts what was just written
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

/* @return array<string, string> */
function stats($socket): array
{
    fwrite($socket, "stats\r\n");
    for ($all = ''; !str_ends_with($all, "END\r\n"); $all .= fgets($socket)) {
    }
    preg_match_all('/^STAT (\S+) (.*?)\r$/m', $all, $matches);
    return array_combine($matches[1], $matches[2]);
}

function show($socket, string ...$names): string
{
    return implode(' ', array_map(fn ($name) => $name . '=' . stats($socket)[$name], $names)) . "\n";
}

start_on_own_disk();
disk_fails('');
$server = new TestServer(['--max-connections=50', '--expiration=1000']);
$socket = open_meta($server);
echo show($socket, 'curr_items', 'tombstones', 'unproven_items');
fact('a new directory proves no absence', stats($socket)['absence_proven_in'] > 0);

/* nothing is flushed from now on, so what is shown is what is counted */
disk_fails('data 28');
meta($socket, "ms a 1\r\nx\r\n");
echo show($socket, 'curr_items', 'total_items', 'tombstones');
meta($socket, "ms a 1\r\ny\r\nms b 1\r\nx\r\nms b 1\r\nx\r\n", 3);
echo show($socket, 'curr_items', 'total_items', 'tombstones');
meta($socket, "md b\r\nmd c E5\r\nmg a T100\r\nms a C1\r\n", 3);
meta($socket, "mn\r\n");
echo show($socket, 'curr_items', 'total_items', 'tombstones');
fact('the disk fails', stats($socket)['bytes'] > 0 && stats($socket)['journal_bytes'] > 0);
wait_until(fn () => stats($socket)['health'] === 'FULL', 'the store to notice');
$began = hrtime(true);
for ($i = 0; $i < 20; $i++) {
    stats($socket);
}
fact('none waits a second for a flush that cannot end', hrtime(true) - $began < 20e9);
disk_fails('');
wait_until(fn () => stats($socket)['journal_bytes'] === '0', 'the flush');
echo 'flushed: ', show($socket, 'curr_items', 'total_items', 'tombstones', 'unproven_items');

$server->kill();
$server->start();
$socket = open_meta($server);
echo 'after a start: ', show($socket, 'curr_items', 'total_items', 'tombstones', 'unproven_items');
fact('absence is not proven yet', in_array((int) stats($socket)['absence_proven_in'], range(1, 3000), true));
$is_flushed = fn () => stats($socket)['journal_bytes'] === '0';
meta($socket, "ms a 1\r\nz\r\n");
wait_until($is_flushed, 'the flush'); /* what was replaced was not looked for */
echo 'written anew: ', show($socket, 'curr_items', 'tombstones', 'unproven_items');
meta($socket, "ms b 1\r\nz\r\n");
wait_until($is_flushed, 'the flush');
echo 'over a tombstone: ', show($socket, 'curr_items', 'tombstones', 'unproven_items');
meta($socket, "ms short 1 T1\r\nz\r\n");
wait_until(fn () => stats($socket)['expired'] === '1', 'the sweep');
echo 'swept: ', show($socket, 'curr_items', 'tombstones', 'unproven_items', 'expired', 'sweep_backlog');

meta($socket, "ml lock T100\r\n");
$other = open_meta($server);
fwrite($other, "ml lock W60000\r\n");
wait_until(fn () => stats($socket)['lock_waiters'] === '1', 'a waiter');
echo show($socket, 'curr_locks', 'lock_waiters', 'lock_timeouts');
fclose($other);
wait_until(fn () => stats($socket)['lock_waiters'] === '0', 'no waiter');
echo meta($socket, "mu lock\r\n");
$other = open_meta($server);
meta($other, "ml lock T100\r\n");
echo meta($socket, "ml lock W1\r\n");
echo show($socket, 'curr_locks', 'lock_waiters', 'lock_timeouts');

$numbers = stats($socket);
fact('connections', $numbers['curr_connections'] === '2' && $numbers['max_connections'] === '50' && $numbers['total_connections'] === '3');
echo show($socket, 'rejected_connections', 'idle_kicks', 'threads', 'store_too_large', 'refused_maxsize', 'refused_disk', 'refused_failed');
$before = stats($socket);
meta($socket, "mn\r\n");
$after = stats($socket);
fact('bytes read', $after['bytes_read'] - $before['bytes_read'] === strlen("mn\r\nstats\r\n"));
fact('bytes written', $after['bytes_written'] - $before['bytes_written'] > strlen("MN\r\n"));
wait_until(fn () => stats($socket)['sync_age'] === '0' && stats($socket)['sync_duration_us'] > 0, 'a sync');
meta($socket, 'ms long ' . (33 << 20) . "\r\n");
echo show(open_meta($server), 'store_too_large');

disk_fails('wal 28 data 28');
$socket = open_meta($server);
echo substr(meta($socket, "ms full 1\r\nz\r\n"), 0, 30), "\n";
echo show($socket, 'refused_maxsize', 'refused_disk', 'refused_failed');
$server->kill();
disk_fails('');
$small = new TestServer(['--maxsize=1M']);
$socket = open_meta($small);
for ($i = 0; str_starts_with(meta($socket, "ms key$i 100000\r\n" . str_repeat('x', 100000) . "\r\n"), 'HD'); $i++) {
}
echo show($socket, 'refused_maxsize', 'refused_disk', 'refused_failed');
fact('only what was stored counts', stats($socket)['curr_items'] === (string) $i);
?>
--EXPECT--
curr_items=0 tombstones=0 unproven_items=0
a new directory proves no absence: yes
curr_items=1 total_items=1 tombstones=0
curr_items=2 total_items=4 tombstones=0
curr_items=3 total_items=4 tombstones=2
the disk fails: yes
none waits a second for a flush that cannot end: yes
flushed: curr_items=3 total_items=4 tombstones=2 unproven_items=0
after a start: curr_items=3 total_items=0 tombstones=2 unproven_items=3
absence is not proven yet: yes
written anew: curr_items=3 tombstones=2 unproven_items=2
over a tombstone: curr_items=3 tombstones=1 unproven_items=1
swept: curr_items=3 tombstones=1 unproven_items=1 expired=1 sweep_backlog=0
curr_locks=1 lock_waiters=1 lock_timeouts=0
HD
NS
curr_locks=1 lock_waiters=0 lock_timeouts=1
connections: yes
rejected_connections=0 idle_kicks=0 threads=1 store_too_large=0 refused_maxsize=0 refused_disk=0 refused_failed=0
bytes read: yes
bytes written: yes
store_too_large=1
SERVER_ERROR the store is full
refused_maxsize=0 refused_disk=1 refused_failed=0
refused_maxsize=1 refused_disk=0 refused_failed=0
only what was stored counts: yes
