--TEST--
--log-file: messages go to it, and SIGHUP opens it again, as the user that serves
--SKIPIF--
<?php
require __DIR__ . '/server.inc';
skip_unless_sharedanced();
skip_unless_root();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

const LINE = '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ ';
$folder = scratch() . '/log';
$log = "$folder/sharedanced.log";
$user = ['--uid=' . NOBODY, '--gid=' . NOBODY];
chmod(scratch(), 0755);
mkdir($folder);

/* what cannot be opened by that user could not be opened again */
report_refusal(['--port=0', '--directory=' . scratch() . '/data', "--log-file=$log", ...$user]);
fact('root has made no file in its place', !file_exists($log));

chown($folder, NOBODY);
$server = new TestServer(["--log-file=$log", ...$user]);
fact('what is said at the start is on stderr too', lines($server, '/^\[NOTICE\] ready$/m') === 1);
$count = fn (string $file, string $pattern) => preg_match_all('/' . LINE . "$pattern$/m", (string) @file_get_contents($file));
fact('and in the file, with the time', $count($log, '\[NOTICE\] ready') === 1);
clearstatcache();
fact('the file is the user\'s alone', fileowner($log) === NOBODY && (fileperms($log) & 0777) === 0600);

/* as logrotate does */
rename($log, "$log.1");
send_signal($server->process->pid, 'HUP');
wait_until(fn () => $count($log, '\[NOTICE\] SIGHUP: the log file was opened again') === 1, 'a line in the new file');
fact('and not in the old one', !str_contains(file_get_contents("$log.1"), 'SIGHUP'));
fact('it serves', request($server, store('key', 'value')) === "OK\n");

/* a file that cannot be opened, once the new one is renamed */
rename($log, "$log.2");
mkdir($log);
send_signal($server->process->pid, 'HUP');
wait_until(fn () => $count("$log.2", '\[WARNING\] SIGHUP: the log file cannot be opened again, and the old one is kept: Is a directory') === 1, 'a warning');
fact('it serves', request($server, fetch('key')) === 'value');
$descriptors = count(scandir("/proc/{$server->process->pid}/fd"));
rmdir($log);
for ($i = 0; $i < 10; $i++) {
    send_signal($server->process->pid, 'HUP');
    request($server, fetch('key'));
}
wait_until(fn () => $count($log, '\[NOTICE\] SIGHUP: .*') > 0, 'a line in the third file');
fact('no descriptor is lost', count(scandir("/proc/{$server->process->pid}/fd")) === $descriptors);
fact('ends with 0', $server->stop() === 0);
fact('the end is in the file', $count($log, '\[NOTICE\] stopping: Terminated') === 1);
fact('and not on stderr', !preg_match('/SIGHUP|stopping/', $server->process->log()));

/* a pipe that nobody reads keeps nobody waiting */
unlink($log);
exec('mkfifo -m 600 ' . escapeshellarg($log));
chown($log, NOBODY);
report_refusal(['--port=0', '--directory=' . scratch() . '/data', "--log-file=$log", ...$user]);

/* in the background */
unlink($log);
[$status] = run([TestServer::program(), '--daemonize', '--port=0', "--directory=$server->directory", "--log-file=$log", ...$user]);
$pid = (int) file_get_contents("$server->directory/sharedanced.lock");
register_shutdown_function(fn () => send_signal($pid, 'KILL'));
fact('in the background', $status === 0 && $count($log, '\[NOTICE\] ready') === 1);
send_signal($pid, 'TERM');
wait_until(fn () => $count($log, '\[NOTICE\] stopping: Terminated') === 1, 'the end');
/* who takes the place of its parent may leave it a zombie for a while */
wait_until(fn () => !file_exists("/proc/$pid") || status_line($pid, 'State') === 'Z (zombie)', 'its end');
?>
--EXPECT--
refused: [ERROR] log file SCRATCH/log/sharedanced.log cannot be opened by user 65534: Permission denied
root has made no file in its place: yes
what is said at the start is on stderr too: yes
and in the file, with the time: yes
the file is the user's alone: yes
and not in the old one: yes
it serves: yes
it serves: yes
no descriptor is lost: yes
ends with 0: yes
the end is in the file: yes
and not on stderr: yes
refused: [ERROR] log file SCRATCH/log/sharedanced.log cannot be opened by user 65534: No such device or address
in the background: yes
