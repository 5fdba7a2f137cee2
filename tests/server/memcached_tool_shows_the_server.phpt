--TEST--
memcached-tool shows the server's statistics and settings, and no slabs
--SKIPIF--
<?php
require_once __DIR__ . '/memcacheds_tools.inc';
skip_unless_sharedanced();
if (!is_file(MEMCACHED_TOOL)) {
    die('skip there is no memcached-tool: it is in the package memcached');
}
exec('perl -c ' . escapeshellarg(MEMCACHED_TOOL) . ' 2>&1', $output, $status);
if ($status !== 0) {
    die("skip memcached-tool does not run: $output[0]");
}
?>
--FILE--
<?php
require __DIR__ . '/memcacheds_tools.inc';

$server = filled_server();
$address = "$server->host:$server->port";
$run = fn (string $mode) => run_tool(['perl', MEMCACHED_TOOL, $address, $mode]);
shows('stats', $run('stats'), '/\bcurr_items +3\s.*\bget_hits +1\s.*\bget_misses +1\s.*\bversion +1\.\S+\s/s');
shows('settings', $run('settings'), '/\bmaxbytes +(68719476736|1073741824)\s.*\bmaxconns +\d+\s/s');
shows('display', $run('display'), '/^  # +Item_Size .*\n$/');
?>
--EXPECT--
stats: yes
settings: yes
display: yes
