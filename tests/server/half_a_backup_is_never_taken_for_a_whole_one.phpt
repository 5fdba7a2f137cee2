--TEST--
half a backup is never taken for a whole one, whichever end dies or fails in the middle
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/backup.inc';

$server = new TestServer();
$target = scratch() . '/backup';
fill($server, 2000, 20000);
$none = fn () => !file_exists($target);
$goes_on = fn () => backup($server, $target) === 0 && !file_exists("$target.partial")
    && (remove_tree($target) || true);

$backup = stopped_backup($server, $target);
fact('another one has to wait', backup($server, scratch() . '/other') === 1);
$backup->kill();
fact('the reader dies: there is no backup', $none());
fact('the next one is whole', $goes_on());

foreach (['data.mdb' => 100000, 'sharedanced.values' => 10000000] as $name => $most) {
    $backup = begin_backup($server, $target, ['prlimit', "--fsize=$most"]);
    fact('the disk is full: status 1', $backup->wait() === 1 && str_contains($backup->log(), "$name: File too large"));
    fact('nothing is left', $none() && !file_exists("$target.partial"));
}
fact('the next one is whole', $goes_on());

$backup = stopped_backup($server, $target);
$server->process->signal(1);
$server->process->expect('/SIGHUP/');
$backup->signal(GO_ON);
fact('signals interrupt neither end', $backup->wait() === 0);
remove_tree($target);

$backup = stopped_backup($server, $target);
fact('the server stops, and does not wait: status 0', $server->stop() === 0);
$backup->signal(GO_ON);
fact('the backup has status 1', $backup->wait() === 1 && str_contains($backup->log(), 'the server stops'));
fact('nothing is left', $none() && !file_exists("$target.partial"));
fact('without a server: status 1', backup($server, $target) === 1 && $none());

$server->start();
$backup = stopped_backup($server, $target);
$server->kill();
$backup->signal(GO_ON);
fact('the server dies: status 1', $backup->wait() === 1);
fact('nothing is left', $none() && !file_exists("$target.partial"));
$server->start();
fact('the next one is whole', $goes_on());
fact('and the server has all', count_filled($server, 2000, 20000) === 2000);

mkdir("$target.partial", 0777);
chmod("$target.partial", 0777);
fact('a directory that others can write is not used', backup($server, $target) === 1 && $none());
$backup = begin_backup($server, scratch() . '/nowhere/backup');
fact('a directory that is not there is named', $backup->wait() === 1 && str_contains($backup->log(), scratch() . '/nowhere: No such file'));
?>
--EXPECT--
another one has to wait: yes
the reader dies: there is no backup: yes
the next one is whole: yes
the disk is full: status 1: yes
nothing is left: yes
the disk is full: status 1: yes
nothing is left: yes
the next one is whole: yes
signals interrupt neither end: yes
the server stops, and does not wait: status 0: yes
the backup has status 1: yes
nothing is left: yes
without a server: status 1: yes
the server dies: status 1: yes
nothing is left: yes
the next one is whole: yes
and the server has all: yes
a directory that others can write is not used: yes
a directory that is not there is named: yes
