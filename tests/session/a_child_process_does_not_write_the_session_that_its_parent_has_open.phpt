--TEST--
a child process does not write the session that its parent has open
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/session.inc';

$server = new TestServer();
use_servers([$server]);
start('id');
$_SESSION['n'] = 'parent';
ob_end_flush();
$child = pcntl_fork();
if ($child === 0) {
    $_SESSION['n'] = 'child';
    exit(0);
}
pcntl_waitpid($child, $status);
var_dump(is_held($server, 'id'));
session_write_close();
echo entry($server, 'id'), "\n";
?>
--EXPECT--
Warning: PHP Request Shutdown: Sharedance failed to write the session (lock, after N ms, 14 bytes): its lock is the parent process's, which has it open: nothing was written
Warning: PHP Request Shutdown: Failed to write session data (sharedance). Please verify that the current setting of session.save_path is correct (tcp://127.0.0.1:PORT)
bool(true)
n|s:6:"parent";
