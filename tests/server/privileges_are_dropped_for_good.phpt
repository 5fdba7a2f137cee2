--TEST--
privileges are dropped for good, and the files are the user's
--SKIPIF--
<?php
require __DIR__ . '/server.inc';
skip_unless_sharedanced();
skip_unless_root();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

/* with groups to drop */
start_by('exec setpriv --groups=1,2,3 -- "$@"');
$server = new TestServer(['--uid=' . NOBODY, '--gid=' . NOBODY]);
$pid = $server->process->pid;

foreach (['Uid', 'Gid', 'Groups', 'CapPrm', 'CapEff'] as $name) {
    echo $name, ': ', status_line($pid, $name), "\n";
}
fact('it serves', request($server, store('key', 'value')) === "OK\n");

$files = array_diff(scandir($server->directory), ['.', '..']);
fact('there are files', in_array('data.mdb', $files, true));
foreach ([$server->directory, ...array_map(fn ($name) => "$server->directory/$name", $files)] as $path) {
    if (fileowner($path) !== NOBODY || filegroup($path) !== NOBODY || fileperms($path) & 0077) {
        printf("%s: %d %d %o\n", $path, fileowner($path), filegroup($path), fileperms($path));
    }
}
fact('ends with 0', $server->stop() === 0);

/* a user without a group runs in that user's own */
$server = new TestServer(['--uid=' . NOBODY]);
foreach (['Uid', 'Gid', 'Groups'] as $name) {
    echo $name, ': ', status_line($server->process->pid, $name), "\n";
}
?>
--EXPECT--
Uid: 65534 65534 65534 65534
Gid: 65534 65534 65534 65534
Groups: 65534
CapPrm: 0000000000000000
CapEff: 0000000000000000
it serves: yes
there are files: yes
ends with 0: yes
Uid: 65534 65534 65534 65534
Gid: 65534 65534 65534 65534
Groups: 65534
