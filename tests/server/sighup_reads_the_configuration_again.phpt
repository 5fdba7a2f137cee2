--TEST--
SIGHUP reads the configuration again; what needs a restart is a line each, and a wrong file changes nothing
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$file = scratch() . '/sharedanced.conf';
$text = "expiration = 600\nlock-waiters = 5\nmaxsize = 64M\nbacklog = 100\n";
file_put_contents($file, $text);
$server = new TestServer(["--config=$file"]);

function hangup(TestServer $server, string $line): void
{
    $seen = lines($server, $line);
    send_signal($server->process->pid, 'HUP');
    wait_until(fn () => lines($server, $line) > $seen, $line);
}

const READ_AGAIN = '/\[NOTICE\] SIGHUP: the configuration was read again$/m';

hangup($server, READ_AGAIN);
fact('nothing has changed', lines($server, '/SIGHUP/') === 1);

file_put_contents($file, str_replace(['600', '64M', '= 100'], ['1', '128M', '= 200'], $text) . "timeout = 5\nmax-connections = 3\nlog-time = yes\n");
hangup($server, READ_AGAIN);
foreach (['expiration', 'max-connections'] as $name) {
    fact("$name has changed", lines($server, "/^\[NOTICE\] SIGHUP: $name has changed$/m") === 1);
}
foreach (['timeout', 'maxsize', 'backlog'] as $name) {
    fact("$name needs a restart", lines($server, "/^\[WARNING\] SIGHUP: the change of $name takes effect at the next start$/m") === 1);
}
fact('no other line', lines($server, '/SIGHUP/') === 8);
request($server, store('key', 'value'));
wait_until(fn () => request($server, fetch('key')) === '', 'an entry that expires after a second');
preg_match('/max_connections (\d+)/', request($server, "stats\r\nquit\r\n"), $match);
fact('max-connections is 3', ($match[1] ?? '') === '3');
hangup($server, '/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ \[NOTICE\] SIGHUP: the configuration was read again$/m');
fact('lines have the time', true);

file_put_contents($file, "expiration = 600\nexpiration = 700\n");
hangup($server, '/\[WARNING\] SIGHUP: the configuration is wrong, and the old one is kept$/m');
fact('the wrong line is named', lines($server, '/\[ERROR\] \S+conf:2: expiration was set in line 1 already$/m') === 1);
request($server, store('key', 'value'));
wait_until(fn () => request($server, fetch('key')) === '', 'an entry that expires after a second');

unlink($file);
hangup($server, '/\[ERROR\] \S+conf cannot be read: No such file/m');
fact('it serves', request($server, store('key', 'value')) === "OK\n");
$descriptors = count(scandir("/proc/{$server->process->pid}/fd"));
file_put_contents($file, $text);
for ($i = 0; $i < 10; $i++) {
    hangup($server, '/SIGHUP: the configuration was read again$/m');
}
fact('no descriptor is lost', count(scandir("/proc/{$server->process->pid}/fd")) === $descriptors);
fact('ends with 0', $server->stop() === 0);
?>
--EXPECT--
nothing has changed: yes
expiration has changed: yes
max-connections has changed: yes
timeout needs a restart: yes
maxsize needs a restart: yes
backlog needs a restart: yes
no other line: yes
max-connections is 3: yes
lines have the time: yes
the wrong line is named: yes
it serves: yes
no descriptor is lost: yes
ends with 0: yes
