--TEST--
--daemonize is refused where a service manager waits for the process that it has started
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$options = ['--daemonize', '--port=0', '--directory=' . scratch() . '/data'];
report_refusal($options, ['env', 'NOTIFY_SOCKET=' . scratch() . '/manager']);
[$status] = run(['env', 'NOTIFY_SOCKET=' . scratch() . '/manager', TestServer::program(), ...$options]);
fact('with the status that no service manager tries again', $status === 2);
fact('no directory was made', !file_exists(scratch() . '/data'));
?>
--EXPECT--
refused: [ERROR] --daemonize is not for a service: its manager wants the process that it has started
with the status that no service manager tries again: yes
no directory was made: yes
