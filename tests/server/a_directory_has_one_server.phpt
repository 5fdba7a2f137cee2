--TEST--
a directory has one server: a second one ends and says which process uses it
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer();
request($server, store('key', 'value'));

[$status, , $errors] = run([TestServer::program(), '--port=0', "--directory=$server->directory"]);
fact('the second ends with another status than 0', $status > 0);
fact('it says that the directory is in use', str_contains($errors, 'in use by another server'));
fact('and by whom', (bool) preg_match('/\[ERROR\].* process ' . $server->process->pid . '$/m', $errors));
fact('the first serves', request($server, fetch('key')) === 'value');

/* what a server that was killed left behind locks nobody out */
$server->kill();
$server->start();
fact('another may follow', request($server, fetch('key')) === 'value');
fact(
    'it is named now',
    file_get_contents("$server->directory/sharedanced.lock") === (string) $server->process->pid
);

/* a version that locks the file only is kept out, and keeps this one out */
$file = fopen("$server->directory/sharedanced.lock", 'r');
fact('the file is locked too', !flock($file, LOCK_EX | LOCK_NB, $would_block) && $would_block === 1);
$server->stop();
fact('and not after its end', flock($file, LOCK_EX | LOCK_NB));
[$status, , $errors] = run([TestServer::program(), '--port=0', "--directory=$server->directory"]);
fact('whoever locks it is not disturbed', $status === 1 && str_contains($errors, 'in use by another server'));
fclose($file);
$server->start();

/* a cleaner of old files, or an operator, removes all that is not data */
unlink("$server->directory/sharedanced.lock");
[$status, , $errors] = run([TestServer::program(), '--port=0', "--directory=$server->directory"]);
fact('without the lock file, too, a second is refused', $status === 1 && str_contains($errors, 'in use by another server'));
fact('and makes no lock file', !file_exists("$server->directory/sharedanced.lock"));
?>
--EXPECT--
the second ends with another status than 0: yes
it says that the directory is in use: yes
and by whom: yes
the first serves: yes
another may follow: yes
it is named now: yes
the file is locked too: yes
and not after its end: yes
whoever locks it is not disturbed: yes
without the lock file, too, a second is refused: yes
and makes no lock file: yes
