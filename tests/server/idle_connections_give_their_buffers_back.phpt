--TEST--
idle connections give their buffers back
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

const CLIENTS = 300;
const LENGTH = 60000;

putenv('SHAREDANCED'); /* the server as users have it: a sanitizer's allocator gives memory back by rules of its own */
$server = new TestServer();
$pid = $server->process->pid;
$private = fn () => (int) status_line($pid, 'RssAnon');

$value = value_of('key', LENGTH);
$clients = [];
for ($i = 0; $i < CLIENTS; $i++) {
    $clients[] = open_meta($server);
}
$before = $private();
foreach ($clients as $client) {
    fwrite($client, 'ms key ' . LENGTH . "\r\n$value\r\nmg key v\r\n");
    fgets($client);
    fgets($client);
    stream_get_contents($client, LENGTH + 2);
}
/* they had 120 KB each */
wait_until(fn () => $private() - $before < 12 * 1024, 'the memory to be given back');
fact('all are served still', meta($clients[0], "mn\r\n") . meta($clients[CLIENTS - 1], "mn\r\n") === "MN\r\nMN\r\n");
?>
--EXPECT--
all are served still: yes
