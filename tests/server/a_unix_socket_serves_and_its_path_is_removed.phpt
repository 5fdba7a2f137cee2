--TEST--
a unix socket serves, alone or beside TCP, and its path is removed at the end
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
fact('it serves', request("unix://$path", store('key', 'value')) === "OK\n");
fact('what it stored', request("unix://$path", fetch('key')) === 'value');
fact('no TCP', lines($server, '/listening on/') === 1);
request("unix://$path", fetch('il.legal'));
fact('the log has no address to tell', lines($server, '/^\[WARNING\] a local client: /m') === 1);
fact('ends with 0', $server->stop() === 0);
fact('the path is gone', !file_exists($path));

$server = new TestServer(["--unix-socket=$path", '--port=0'], $server->directory);
fact('beside TCP', request("unix://$path", fetch('key')) === 'value' && request($server, fetch('key')) === 'value');
?>
--EXPECT--
it serves: yes
what it stored: yes
no TCP: yes
the log has no address to tell: yes
ends with 0: yes
the path is gone: yes
beside TCP: yes
