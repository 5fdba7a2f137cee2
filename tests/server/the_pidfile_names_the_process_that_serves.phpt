--TEST--
--pidfile has the process's number once the server is ready, and no other server takes it
--SKIPIF--
<?php
require __DIR__ . '/server.inc';
skip_unless_sharedanced();
skip_unless_root();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$user = ['--uid=' . NOBODY, '--gid=' . NOBODY];
chmod(scratch(), 0755);
foreach (['of root' => 0, 'of the user' => NOBODY] as $whose => $owner) {
    $folder = scratch() . "/run-$owner";
    mkdir($folder, 0755);
    chown($folder, $owner);
    $file = "$folder/sharedanced.pid";
    $server = new TestServer(["--pidfile=$file", ...$user]);
    fact("a folder $whose: the number", file_get_contents($file) === "{$server->process->pid}\n");
    fact('everybody can read it', (fileperms($file) & 0777) === 0644);
    [$status] = run([TestServer::program(), '--port=0', "--directory=$server->directory", "--pidfile=$file", ...$user]);
    fact('a second server of the directory leaves it', $status === 1 && file_get_contents($file) === "{$server->process->pid}\n");
    fact('ends with 0', $server->stop() === 0);
    fact('it is gone or empty', (string) @file_get_contents($file) === '');
}
report_refusal(['--port=0', '--directory=' . scratch() . '/data', '--pidfile=' . scratch() . '/none/pid', ...$user]);
symlink(scratch() . '/elsewhere', scratch() . '/link');
report_refusal(['--port=0', '--directory=' . scratch() . '/data', '--pidfile=' . scratch() . '/link', ...$user]);
report_refusal(['--port=0', '--directory=' . scratch() . '/data', '--pidfile=/dev/null', ...$user]);
mkdir(scratch() . '/run', 0755);
chown(scratch() . '/run', NOBODY);
symlink('/tmp', scratch() . '/data-link');
report_refusal(['--port=0', '--directory=' . scratch() . '/data-link', '--pidfile=' . scratch() . '/run/pid', ...$user]);
fact('who cannot start leaves no file', scandir(scratch() . '/run') === ['.', '..']);
fact('the link leads nowhere', !file_exists(scratch() . '/elsewhere'));
?>
--EXPECTF--
a folder of root: the number: yes
everybody can read it: yes
a second server of the directory leaves it: yes
ends with 0: yes
it is gone or empty: yes
a folder of the user: the number: yes
everybody can read it: yes
a second server of the directory leaves it: yes
ends with 0: yes
it is gone or empty: yes
refused: [ERROR] the pidfile SCRATCH/none/pid cannot be opened: No such file or directory
refused: [ERROR] the pidfile SCRATCH/link cannot be opened: %rToo many levels of symbolic links|Symbolic link loop%r
refused: [ERROR] the pidfile /dev/null is no plain file
refused: [ERROR] directory SCRATCH/data-link: it is a symbolic link: give the directory itself
who cannot start leaves no file: yes
the link leads nowhere: yes
