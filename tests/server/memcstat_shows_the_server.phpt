--TEST--
memcstat shows the server's statistics
--SKIPIF--
<?php
require_once __DIR__ . '/memcacheds_tools.inc';
skip_unless_sharedanced();
if (trim((string) shell_exec('command -v memcstat')) === '') {
    die('skip there is no memcstat: it is in the package libmemcached-tools');
}
?>
--FILE--
<?php
require __DIR__ . '/memcacheds_tools.inc';

$server = filled_server();
shows('its numbers', run_tool(['memcstat', "--servers=$server->host:$server->port"]), '/\bcurr_items: 3\n.*\bcmd_set: 3\n.*\bhealth: OK\n/s');
?>
--EXPECT--
its numbers: yes
