--TEST--
a client that does not read its answer does not hold the server's end up for longer than the timeout
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer(['--timeout=1']);
request($server, store('large', value_of('large', 20000000)));

$stuck = dial($server);
say($stuck, fetch('large'));
hear($stuck, 1000);
$server->process->signal(15);
fact('status 0', $server->process->wait() === 0);
?>
--EXPECT--
status 0: yes
