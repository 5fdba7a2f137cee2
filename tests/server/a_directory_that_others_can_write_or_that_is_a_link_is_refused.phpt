--TEST--
a directory that others can write, or that is a link, is refused, and a subdirectory of it is made and taken
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$directory = scratch() . '/data';
mkdir($directory);
foreach ([0777, 01777, 0775, 02775, 0770, 0702] as $mode) {
    chmod($directory, $mode);
    report_refusal(['--port=0', "--directory=$directory"]);
}
fact('no file was made', scandir($directory) === ['.', '..']);

/* as the message says, for a volume of Kubernetes */
$server = new TestServer([], "$directory/sharedanced");
fact('a subdirectory is made and taken', request($server, store('key', 'value')) === "OK\n");
fact('it is the server\'s alone', (fileperms("$directory/sharedanced") & 0777) === 0700);
$server->stop();

chmod($directory, 0755);
symlink($directory, scratch() . '/link');
foreach (['', '/', '/.', '//', '/./'] as $end) {
    report_refusal(['--port=0', '--directory=' . scratch() . "/link$end"]);
}
fact('no file was made through the link', scandir($directory) === ['.', '..', 'sharedanced']);
$server = new TestServer([], "$directory//.//");
fact('a directory that others can read is taken', request($server, store('key', 'value')) === "OK\n");
?>
--EXPECT--
refused: [ERROR] directory SCRATCH/data can be written by its group or by others (mode 0777): give a subdirectory, such as SCRATCH/data/sharedanced, which the server makes
refused: [ERROR] directory SCRATCH/data can be written by its group or by others (mode 1777): give a subdirectory, such as SCRATCH/data/sharedanced, which the server makes
refused: [ERROR] directory SCRATCH/data can be written by its group or by others (mode 0775): give a subdirectory, such as SCRATCH/data/sharedanced, which the server makes
refused: [ERROR] directory SCRATCH/data can be written by its group or by others (mode 2775): give a subdirectory, such as SCRATCH/data/sharedanced, which the server makes
refused: [ERROR] directory SCRATCH/data can be written by its group or by others (mode 0770): give a subdirectory, such as SCRATCH/data/sharedanced, which the server makes
refused: [ERROR] directory SCRATCH/data can be written by its group or by others (mode 0702): give a subdirectory, such as SCRATCH/data/sharedanced, which the server makes
no file was made: yes
a subdirectory is made and taken: yes
it is the server's alone: yes
refused: [ERROR] directory SCRATCH/link: it is a symbolic link: give the directory itself
refused: [ERROR] directory SCRATCH/link: it is a symbolic link: give the directory itself
refused: [ERROR] directory SCRATCH/link: it is a symbolic link: give the directory itself
refused: [ERROR] directory SCRATCH/link: it is a symbolic link: give the directory itself
refused: [ERROR] directory SCRATCH/link: it is a symbolic link: give the directory itself
no file was made through the link: yes
a directory that others can read is taken: yes
