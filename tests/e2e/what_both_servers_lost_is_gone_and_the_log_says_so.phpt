--TEST--
what both servers lost, one after the other, is gone, and the log says so
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

start_on_own_clock();

function come_back_empty(TestServer $server): void
{
    $server->kill();
    remove_tree($server->directory);
    $server->start();
}

ini_set('log_errors', '1');
ini_set('error_log', $log = scratch() . '/log');
$servers = servers(2);
$pool = pool($servers, true);
$pool->set('read in between', 'a');
$pool->set('not read in between', 'b');
come_back_empty($servers[0]);
time_passes(SETTLING);
var_dump($pool->get('read in between'));
come_back_empty($servers[1]);
time_passes(SETTLING);
var_dump($pool->get('read in between'), $pool->get('not read in between', 'none'));
echo preg_replace(['/^\[.*?\] /m', '/127\.0\.0\.1:\d+/'], ['', 'SERVER'], file_get_contents($log));
?>
--EXPECTF--
string(1) "a"
string(1) "a"
string(4) "none"
sharedance: [SERVER] is another server than before: the id of its directory has changed
sharedance: [SERVER] is another server than before: the id of its directory has changed
