--TEST--
workers that all connect at once are taken, while the server is busy with something else
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
if ((int) @file_get_contents('/proc/sys/net/core/somaxconn') < 300) {
    die('skip the system cuts the backlog to less than 300');
}
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

const WORKERS = 300;

$server = new TestServer();
$pid = $server->process->pid;
request($server, store('key', 'value'));

send_signal($pid, 'STOP'); /* it accepts nothing */
$clients = [];
for ($i = 0; $i < WORKERS; $i++) {
    $flags = STREAM_CLIENT_CONNECT | STREAM_CLIENT_ASYNC_CONNECT;
    $clients[] = stream_socket_client(address($server), $code, $message, PATIENCE, $flags);
}
/* one for which the backlog has no room is not connected, whatever time passes */
$connected = fn () => count(array_filter($clients, fn ($client) => stream_socket_get_name($client, true) !== false));
wait_until(fn () => $connected() === WORKERS, 'all to be connected');
send_signal($pid, 'CONT');
foreach ($clients as $client) {
    stream_set_blocking($client, true);
    fwrite($client, fetch('key'));
}
fact('all are served', array_unique(array_map('stream_get_contents', $clients)) === ['value']);
?>
--EXPECT--
all are served: yes
