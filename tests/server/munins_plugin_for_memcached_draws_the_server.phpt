--TEST--
munin's plugin for memcached finds each number that it draws
--SKIPIF--
<?php
require_once __DIR__ . '/memcacheds_tools.inc';
skip_unless_sharedanced();
if (!is_file(MUNIN_PLUGIN)) {
    die('skip there is no plugin of munin: it is in the package munin-plugins-extra');
}
exec('perl -MCache::Memcached -e 1 2>&1', $output, $status);
if ($status !== 0) {
    die('skip the plugin needs Cache::Memcached, of the package libcache-memcached-perl');
}
?>
--FILE--
<?php
require __DIR__ . '/memcacheds_tools.inc';

$server = filled_server();
$environment = ['MUNIN_LIBDIR' => '/usr/share/munin', 'host' => $server->host, 'port' => (string) $server->port];
echo run_tool(['perl', MUNIN_PLUGIN, 'autoconf'], $environment)[1];
foreach (['rates', 'bytes', 'counters'] as $graph) {
    symlink(MUNIN_PLUGIN, scratch() . "/memcached_$graph"); /* it draws what it is called */
    $result = run_tool(['perl', scratch() . "/memcached_$graph"], $environment);
    shows($graph, $result, '/^(\w+\.value \d+\n)+$/');
    echo preg_match('/curr_items.value \d+/', $result[1], $match) ? "$match[0]\n" : '';
}
?>
--EXPECT--
yes
rates: yes
bytes: yes
counters: yes
curr_items.value 3
