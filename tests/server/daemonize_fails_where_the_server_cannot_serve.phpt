--TEST--
--daemonize fails where the server cannot serve, and the reason is on stderr
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer();
$data = scratch() . '/other';

report_refusal(['--daemonize', "--port=$server->port", "--directory=$data"]);
report_refusal(['--daemonize', '--port=0', "--directory=$server->directory"]);
report_refusal(['--daemonize', '--port=0', '--directory=' . scratch() . '/none/data']);
/* nothing goes on behind our back */
foreach ([$data, $server->directory, scratch() . '/none/data'] as $directory) {
    end_daemon($directory, $server->process->pid);
}
fact('the server that is there serves', request($server, store('key', 'value')) === "OK\n");
?>
--EXPECT--
refused: [ERROR] cannot listen on 127.0.0.1:PORT: Address already in use
refused: [ERROR] directory SCRATCH/data-1: it is in use by another server, process PID
refused: [ERROR] directory SCRATCH/none/data cannot be made: No such file or directory
the server that is there serves: yes
