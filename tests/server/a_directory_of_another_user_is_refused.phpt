--TEST--
a directory of another user is refused, and nothing is written into it
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
if (trim((string) shell_exec('id -u')) !== '0') {
    die('skip only root can give a directory to another user');
}
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$directory = scratch() . '/theirs';
mkdir($directory);
chown($directory, NOBODY);
symlink(scratch() . '/target', "$directory/data.mdb");
$process = new Process([TestServer::program(), "--directory=$directory", '--port=0']);
fact('it does not serve', $process->wait() === 1);
fact('and says why', (bool) preg_match('/^\[ERROR\] directory \S+ belongs to user 65534, not to user 0/m', $process->log()));
fact('nothing was written through the link', !file_exists(scratch() . '/target'));

/* that user's own server takes it */
unlink("$directory/data.mdb");
$server = new TestServer(['--uid=' . NOBODY, '--gid=' . NOBODY], $directory);
fact('the user it belongs to is served', request($server, store('key', 'value')) === "OK\n");
?>
--EXPECT--
it does not serve: yes
and says why: yes
nothing was written through the link: yes
the user it belongs to is served: yes
