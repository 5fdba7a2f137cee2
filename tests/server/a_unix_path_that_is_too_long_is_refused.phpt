--TEST--
a unix path that is too long is refused, and so is one that cannot be made
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$data = '--directory=' . scratch() . '/data';
$longest = scratch() . '/' . str_repeat('s', 107 - strlen(scratch()) - 1);

report_refusal(["--unix-socket={$longest}s", $data]);
report_refusal(['--unix-socket=' . scratch() . '/none/socket', $data]);

$server = new TestServer(["--unix-socket=$longest"]);
fact('the longest path serves', request("unix://$longest", store('key', 'value')) === "OK\n");
?>
--EXPECTF--
refused: [ERROR] cannot listen on SCRATCH/%r[s]+%r: the path is too long
refused: [ERROR] cannot listen on SCRATCH/none/socket: No such file or directory
the longest path serves: yes
