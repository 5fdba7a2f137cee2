--TEST--
a unix socket belongs to the user that the server becomes, who can connect to it and remove it
--SKIPIF--
<?php
require __DIR__ . '/server.inc';
skip_unless_sharedanced();
skip_unless_root();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

/* as /run/sharedanced would be */
$directory = scratch() . '/run';
mkdir($directory);
chown($directory, NOBODY);
$path = "$directory/socket";

$server = new TestServer(["--unix-socket=$path", '--uid=' . NOBODY, '--gid=' . NOBODY]);
fact('it belongs to the user', fileowner($path) === NOBODY);
fact('and to the group', filegroup($path) === NOBODY);
fact('it serves', request("unix://$path", store('key', 'value')) === "OK\n");
fact('ends with 0', $server->stop() === 0);
fact('the path is gone', !file_exists($path));
?>
--EXPECT--
it belongs to the user: yes
and to the group: yes
it serves: yes
ends with 0: yes
the path is gone: yes
