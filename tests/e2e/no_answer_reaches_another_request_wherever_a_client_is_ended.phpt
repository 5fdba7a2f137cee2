--TEST--
no answer reaches another request wherever a client is ended
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
if (!function_exists('pcntl_fork')) {
    die('skip pcntl is needed to fork');
}
?>
--FILE--
<?php
/* The short form; scripts/soak has the long one. */
require __DIR__ . '/kill-client.inc';

$figures = kill_client(rounds: 300);
echo kill_client_report($figures);
?>
--EXPECTF--
%d rounds in %d requests, in each an operation was ended
ended by
%A
0 wrong
