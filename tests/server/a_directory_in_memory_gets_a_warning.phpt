--TEST--
a directory on a tmpfs gets a warning that a reboot loses it
--SKIPIF--
<?php
require __DIR__ . '/server.inc';
skip_unless_sharedanced();
if (trim((string) shell_exec('stat -f -c %T /dev/shm')) !== 'tmpfs') {
    die('skip: /dev/shm is no tmpfs');
}
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$directory = '/dev/shm/sharedanced-test-' . getmypid();
register_shutdown_function(fn () => exec('rm -rf ' . escapeshellarg($directory)));
$server = new TestServer([], $directory);
fact('a warning', lines($server, '/^\[WARNING\] directory \S+ is in memory \(tmpfs\): a reboot loses what is stored$/m') === 1);
fact('it serves', request($server, store('key', 'value')) === "OK\n" && $server->stop() === 0);
?>
--EXPECT--
a warning: yes
it serves: yes
