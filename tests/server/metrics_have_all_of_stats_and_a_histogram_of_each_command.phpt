--TEST--
/metrics has each number of stats, with a unit, and a histogram of each command
--SKIPIF--
<?php
require_once __DIR__ . '/http.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/http.inc';

/* @return array<string, string> */
function stats($socket): array
{
    fwrite($socket, "stats\r\n");
    for ($all = ''; !str_ends_with($all, "END\r\n"); $all .= fgets($socket)) {
    }
    preg_match_all('/^STAT (\S+) (.*?)\r$/m', $all, $matches);
    return array_combine($matches[1], $matches[2]);
}

const METRICS = ['pid' => 'process_pid', 'uptime' => 'uptime_seconds', 'time' => 'time_seconds', 'curr_items' => 'entries',
    'bytes' => 'store_bytes', 'limit_maxbytes' => 'store_limit_bytes', 'journal_bytes' => 'journal_bytes',
    'cmd_get' => 'commands_total{command="get"}', 'get_hits' => 'gets_total{result="hit"}', 'get_misses' => 'gets_total{result="miss"}',
    'cmd_set' => 'commands_total{command="set"}', 'cmd_delete' => 'commands_total{command="delete"}',
    'cmd_touch' => 'commands_total{command="touch"}', 'cmd_arithmetic' => 'commands_total{command="arithmetic"}',
    'cmd_lock' => 'commands_total{command="lock"}', 'cmd_unlock' => 'commands_total{command="unlock"}',
    'cas_hits' => 'compared_sets_total{result="stored"}', 'cas_misses' => 'compared_sets_total{result="absent"}',
    'cas_badval' => 'compared_sets_total{result="other_version"}', 'refused_maxsize' => 'requests_refused_total{reason="maxsize"}',
    'refused_disk' => 'requests_refused_total{reason="disk"}', 'refused_failed' => 'requests_refused_total{reason="failed"}',
    'store_too_large' => 'values_too_large_total', 'threads' => 'threads', 'curr_connections' => 'connections',
    'max_connections' => 'connections_limit', 'total_connections' => 'connections_accepted_total',
    'rejected_connections' => 'connections_rejected_total', 'idle_kicks' => 'connections_idle_closed_total',
    'bytes_read' => 'received_bytes_total', 'bytes_written' => 'sent_bytes_total', 'total_items' => 'entries_stored_total',
    'tombstones' => 'tombstones', 'unproven_items' => 'unproven_entries', 'absence_proven_in' => 'absence_proven_in_seconds',
    'expired' => 'entries_expired_total', 'sweep_backlog' => 'sweep_delay_seconds', 'sync_age' => 'sync_age_seconds',
    'sync_duration_us' => 'sync_duration_seconds', 'curr_locks' => 'locks', 'lock_waiters' => 'lock_waiters',
    'lock_timeouts' => 'lock_timeouts_total'];
const MOVING = ['uptime', 'time', 'absence_proven_in', 'sync_age', 'sync_duration_us', 'bytes', 'journal_bytes', 'bytes_written'];

$server = new TestServer(['--http=127.0.0.1:0']);
$http = http_of($server);
$socket = open_meta($server);
meta($socket, "ms a 1\r\nx\r\nms b 1\r\nx\r\nms a 1 C5\r\nx\r\nms none 1 C5\r\nx\r\nmg a v\r\nmg a T9\r\nmg none v\r\nmd b\r\nms n 1\r\n1\r\nma n\r\nml a T9\r\nml b T9\r\nmu b\r\n", 14);
meta($socket, "ms long " . (33 << 20) . "\r\n");
$socket = open_meta($server);
meta($socket, "mn\r\n");

$stats = stats($socket);
$metrics = metrics($http);
fact('all of stats', array_keys(array_diff_key($stats, METRICS)) === ['version', 'health'] && array_diff_key(METRICS, $stats) === []);
foreach (METRICS as $name => $metric) {
    $value = $metrics["sharedance_$metric"] ?? 'none';
    if (!in_array($name, MOVING, true) ? $value !== $stats[$name] : !is_numeric($value)) {
        echo "$name: $stats[$name], $metric: $value\n";
    }
}
fact('seconds', $metrics['sharedance_sync_duration_seconds'] < 60);
fact('the version', $metrics["sharedance_info{version=\"$stats[version]\"}"] === '1');
fact('health', array_filter($metrics, fn ($name) => str_starts_with($name, 'sharedance_health{'), ARRAY_FILTER_USE_KEY)
    === ['sharedance_health{state="OK"}' => '1', 'sharedance_health{state="FULL"}' => '0',
        'sharedance_health{state="READ_ONLY"}' => '0', 'sharedance_health{state="BROKEN"}' => '0']);

foreach (['get', 'set', 'delete', 'touch', 'arithmetic', 'lock', 'unlock'] as $command) {
    $count = $metrics["sharedance_command_duration_seconds_count{command=\"$command\"}"];
    $buckets = array_values(array_filter($metrics, fn ($name) => str_starts_with($name, "sharedance_command_duration_seconds_bucket{command=\"$command\","), ARRAY_FILTER_USE_KEY));
    $sorted = $buckets;
    sort($sorted, SORT_NUMERIC);
    fact("$command: $count", $count === $metrics["sharedance_commands_total{command=\"$command\"}"] && $count === end($buckets)
        && $sorted === $buckets && count($buckets) === 23
        && $metrics["sharedance_command_duration_seconds_sum{command=\"$command\"}"] > 0);
}

/* a command that takes long is where it belongs */
start_on_own_disk(has_image: false);
disk_fails('');
$slow = new TestServer(['--http=127.0.0.1:0', '--sync=always']);
$to = http_of($slow);
$socket = open_meta($slow);
$below = fn () => metrics($to)['sharedance_command_duration_seconds_bucket{command="set",le="0.065536"}'];
meta($socket, "ms a 1\r\nx\r\n");
wait_until(fn () => $below() === '1', 'the first set');
disk_fails('wait 0');
fwrite($socket, "ms a 1\r\ny\r\n");
usleep(200000);
disk_fails('');
fgets($socket);
wait_until(fn () => metrics($to)['sharedance_command_duration_seconds_count{command="set"}'] === '2', 'the second set');
fact('a set of 200 ms', $below() === '1' && metrics($to)['sharedance_command_duration_seconds_sum{command="set"}'] >= 0.19);
?>
--EXPECT--
all of stats: yes
seconds: yes
the version: yes
health: yes
get: 3: yes
set: 5: yes
delete: 1: yes
touch: 1: yes
arithmetic: 1: yes
lock: 2: yes
unlock: 1: yes
a set of 200 ms: yes
