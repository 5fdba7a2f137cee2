--TEST--
no line is lost when the log file is renamed and SIGHUP opens it again; --log-time puts the time on stderr
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

const TIME = '\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ ';

$server = new TestServer(['--log-time']);
fact('each line has its time', lines($server, '/^' . TIME . '\[\w+\] /m') === count(file($server->process->log)));
$server->stop();
$server = new TestServer();
fact('by default none has', lines($server, '/^' . TIME . '/m') === 0);
$server->stop();

$log = scratch() . '/log';
$server = new TestServer(["--log-file=$log"]);
$lines = fn (string $pattern) => array_sum(array_map(
    fn (string $file) => preg_match_all("/$pattern/m", file_get_contents($file)),
    glob("$log*")
));
/* each SIGHUP is a line, before or after the rename */
for ($i = 1; $i <= 200; $i++) {
    if ($i % 10 === 0) {
        rename($log, "$log.$i");
    }
    send_signal($server->process->pid, 'HUP');
    wait_until(fn () => $lines('SIGHUP: the log file was opened again$') === $i, "line $i");
}
fact('each of 200 lines is there, once', $lines('^' . TIME . '\[NOTICE\] SIGHUP: the log file was opened again$') === 200);
fact('no other', $lines('SIGHUP') === 200);
?>
--EXPECT--
each line has its time: yes
by default none has: yes
each of 200 lines is there, once: yes
no other: yes
