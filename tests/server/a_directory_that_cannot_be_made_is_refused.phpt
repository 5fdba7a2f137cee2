--TEST--
a directory that cannot be made is refused, and so is one that is none
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

report_refusal(['--port=0', '--directory=' . scratch() . '/none/data']);
fact('nothing was made', !file_exists(scratch() . '/none'));

file_put_contents(scratch() . '/file', 'kept');
report_refusal(['--port=0', '--directory=' . scratch() . '/file']);
report_refusal(['--port=0', '--directory=' . scratch() . '/file/data']);
fact('the file is as it was', file_get_contents(scratch() . '/file') === 'kept');
?>
--EXPECT--
refused: [ERROR] directory SCRATCH/none/data cannot be made: No such file or directory
nothing was made: yes
refused: [ERROR] directory SCRATCH/file: it is not a directory
refused: [ERROR] directory SCRATCH/file/data cannot be made: Not a directory
the file is as it was: yes
