--TEST--
only the server's user and root get a backup, and it belongs to the server's user
--SKIPIF--
<?php
require __DIR__ . '/server.inc';
skip_unless_sharedanced();
skip_unless_root();
?>
--FILE--
<?php
require __DIR__ . '/backup.inc';

chmod(scratch(), 0777);
$program = program_for_all();
putenv("SHAREDANCED=$program");
$server = new TestServer(['--uid=' . NOBODY, '--gid=' . NOBODY]);
fill($server, 50, 100);
$as = fn (int $user) => ['setpriv', "--reuid=$user", "--regid=$user", '--clear-groups', '--'];

/* as if the modes were wrong: the server asks the kernel who is there */
chmod($server->directory, 0755);
chmod("$server->directory/sharedanced.control", 0777);
fact('another user gets none', begin_backup($server, scratch() . '/other', $as(12345))->wait() === 1);
fact('and it is told', lines($server, '/user 12345 may not use the control socket/') === 1);
fact('there is nothing', !file_exists(scratch() . '/other') && !file_exists(scratch() . '/other.partial'));

foreach (['root' => 0, "the server's user" => NOBODY] as $who => $user) {
    $target = scratch() . "/backup-$user";
    fact("$who gets one", begin_backup($server, $target, $as($user))->wait() === 0);
    fact('it is the server\'s', fileowner($target) === NOBODY && fileowner("$target/data.mdb") === NOBODY && filegroup("$target/data.mdb") === NOBODY);
    $restored = new TestServer(['--uid=' . NOBODY, '--gid=' . NOBODY], $target);
    fact('and serves', count_filled($restored, 50, 100) === 50);
    $restored->stop();
}
/* a path that is too long for a socket */
$long = scratch() . '/' . str_repeat('long', 40);
$server = new TestServer([], $long);
fact('a long path does, too', backup($server, scratch() . '/long') === 0);
$server->stop();
fact('a stop removes the socket', !file_exists("$long/sharedanced.control"));
?>
--EXPECT--
another user gets none: yes
and it is told: yes
there is nothing: yes
root gets one: yes
it is the server's: yes
and serves: yes
the server's user gets one: yes
it is the server's: yes
and serves: yes
a long path does, too: yes
a stop removes the socket: yes
