--TEST--
a directory that cannot be written is refused
--SKIPIF--
<?php
require __DIR__ . '/server.inc';
skip_unless_sharedanced();
skip_unless_root();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$as_nobody = ['setpriv', '--reuid=' . NOBODY, '--regid=' . NOBODY, '--clear-groups', '--'];
$directory = scratch() . '/data';
mkdir($directory, 0755);

report_refusal(['--port=0', "--directory=$directory"], $as_nobody, program_for_all());
report_refusal(['--port=0', "--directory=$directory/new"], $as_nobody, program_for_all());
report_refusal(['--port=0', "--directory=$directory", '--uid=' . NOBODY, '--gid=' . NOBODY]);
fact('no file was made', scandir($directory) === ['.', '..']);
?>
--EXPECT--
refused: [ERROR] the store in SCRATCH/data cannot be opened: Permission denied
refused: [ERROR] directory SCRATCH/data/new cannot be made: Permission denied
refused: [ERROR] the store in SCRATCH/data cannot be opened: Permission denied
no file was made: yes
