--TEST--
a backup that finds no descriptor left waits for one, and the server rests meanwhile
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/backup.inc';

$program = TestServer::program();
start_by('exec prlimit --nofile=60:60 -- "$@"');
$server = new TestServer(options: ['--max-connections=1000']);
request($server, store('key', 'value'));
$clients = [];
for ($i = 0; $i < 60; $i++) {
    $clients[] = dial($server);
    say(end($clients), "ml lock$i\r\n"); /* so nobody makes room */
}
wait_until(fn () => lines($server, '/cannot accept new connections for now: /') > 0, 'the shortage');

$target = "$server->directory.backup";
$backup = new Process([$program, "--directory=$server->directory", "--backup=$target"]);
usleep(300000);
$before = processor_time($server->process->pid);
usleep(1500000);
fact('the backup waits', $backup->running());
fact('the server rests', processor_time($server->process->pid) - $before < 0.3);
foreach (array_splice($clients, 0, 45) as $client) {
    stream_socket_shutdown($client, STREAM_SHUT_RDWR); /* the backup's process has it, too */
}
fact('the backup is made', $backup->wait() === 0);
remove_tree($target);
?>
--EXPECT--
the backup waits: yes
the server rests: yes
the backup is made: yes
