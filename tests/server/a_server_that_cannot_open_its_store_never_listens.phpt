--TEST--
a server that cannot open its store never listens: its port opens when it can answer
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer(['--unix-socket=' . scratch() . '/socket', '--port=0']);
$log = $server->process->log();
fact('it listens on both', preg_match_all('/listening on/', $log) === 2);
fact('and is ready then', str_ends_with($log, "[NOTICE] ready\n"));
$server->stop();

file_put_contents("$server->directory/data.mdb", 'x');
[$status, , $errors] = run([TestServer::program(), '--unix-socket=' . scratch() . '/socket', '--port=0', "--directory=$server->directory"]);
fact('it cannot open its store', $status === 1 && str_contains($errors, 'cannot be opened'));
fact('it has not listened', !str_contains($errors, 'listening'));
fact('no path is left', !file_exists(scratch() . '/socket'));
?>
--EXPECT--
it listens on both: yes
and is ready then: yes
it cannot open its store: yes
it has not listened: yes
no path is left: yes
