--TEST--
--daemonize returns with 0 once the server serves, and the server goes on without it
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$directory = scratch() . '/data';
[$status, $output, $errors] = run([TestServer::program(), '--daemonize', '--core', '--port=0', "--directory=$directory"]);
$pid = (int) @file_get_contents("$directory/sharedanced.lock");
register_shutdown_function(fn () => $pid > 0 && file_exists("/proc/$pid") && send_signal($pid, 'KILL'));

fact('status 0', $status === 0);
fact('nothing on stdout', $output === '');
preg_match('/listening on (\S+)$/m', $errors, $match);
fact('it serves', request("tcp://$match[1]", store('key', 'value')) === "OK\n");

fact('the lock file names it', str_ends_with(readlink("/proc/$pid/exe"), '/' . basename(realpath(TestServer::program()))));
/* the name may hold spaces: count from its end */
$fields = explode(' ', substr(strrchr(file_get_contents("/proc/$pid/stat"), ')'), 2));
fact('it has a session of its own', (int) $fields[3] === $pid);
foreach ([0, 1, 2] as $descriptor) {
    echo "$descriptor: ", readlink("/proc/$pid/fd/$descriptor"), "\n";
}

send_signal($pid, 'TERM');
/* who takes the place of its parent may leave it a zombie for a while */
wait_until(fn () => !file_exists("/proc/$pid") || status_line($pid, 'State') === 'Z (zombie)', 'its end');
fact('nobody listens any more', is_refused("tcp://$match[1]"));
$server = new TestServer([], $directory);
fact('what was stored is there', request($server, fetch('key')) === 'value');
?>
--EXPECT--
status 0: yes
nothing on stdout: yes
it serves: yes
the lock file names it: yes
it has a session of its own: yes
0: /dev/null
1: /dev/null
2: /dev/null
nobody listens any more: yes
what was stored is there: yes
