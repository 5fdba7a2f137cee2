--TEST--
a unix path left by a server that was killed is taken over, and one in use is not
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$path = scratch() . '/socket';
$server = new TestServer(["--unix-socket=$path"]);
request("unix://$path", store('key', 'value'));
$server->kill();
fact('the path is left', file_exists($path));
fact('nobody answers', is_refused("unix://$path"));

$server->start();
fact('it is taken over', request("unix://$path", fetch('key')) === 'value');

report_refusal(["--unix-socket=$path", '--directory=' . scratch() . '/other']);
fact('the first serves there', request("unix://$path", fetch('key')) === 'value');
$server->stop();
fact('and takes it away', !file_exists($path));
?>
--EXPECT--
the path is left: yes
nobody answers: yes
it is taken over: yes
refused: [ERROR] cannot listen on SCRATCH/socket: Address already in use
the first serves there: yes
and takes it away: yes
