--TEST--
without privileges no other user is become, and the server does not go on as the one it is
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
mkdir($directory);
chown($directory, NOBODY);

foreach ([['--uid=1', '--gid=1'], ['--uid=1'], ['--uid=0', '--gid=0'], ['--gid=0']] as $options) {
    report_refusal([...$options, '--port=0', "--directory=$directory"], $as_nobody, program_for_all());
}
report_refusal(['--uid=4000000000', '--port=0', "--directory=$directory"]);
fact('no file was made', scandir($directory) === ['.', '..']);
?>
--EXPECT--
refused: [ERROR] cannot become user 1 and group 1: Operation not permitted
refused: [ERROR] cannot become user 1 and group 1: Operation not permitted
refused: [ERROR] cannot become user 0 and group 0: Operation not permitted
refused: [ERROR] cannot become user 65534 and group 0: Operation not permitted
refused: [ERROR] no user has the id 4000000000, so --gid is needed as well
no file was made: yes
