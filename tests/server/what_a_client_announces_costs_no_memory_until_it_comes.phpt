--TEST--
what a client announces costs no memory until it comes
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer();
$pid = $server->process->pid;
for ($i = 0; $i < 20; $i++) {
    round_trip($server); /* what it needs once */
}

$before = resident($pid);
$clients = [];
for ($i = 0; $i < 10; $i++) {
    $clients[] = $client = dial($server);
    say($client, 'S' . pack('NN', 3, 30000000) . 'k');
}
fact('all are waited for', stays_open($server, $clients[9]));
fact('memory grew by less than 1 MB', resident($pid) - $before < 1024);
?>
--EXPECT--
all are waited for: yes
memory grew by less than 1 MB: yes
