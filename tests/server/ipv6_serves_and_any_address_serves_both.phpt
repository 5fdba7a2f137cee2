--TEST--
--ip=::1 serves IPv6, and --ip=:: both, with 0.0.0.0 beside it or without
--SKIPIF--
<?php
require __DIR__ . '/server.inc';
skip_unless_sharedanced();
skip_unless_ipv6();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer(['--ip=::1']);
fact('stored', request($server, store('key', 'value')) === "OK\n");
fact('fetched', request($server, fetch('key')) === 'value');
fact('only there', is_refused("tcp://127.0.0.1:$server->port"));

$socket = dial($server);
$name = stream_socket_get_name($socket, false);
say($socket, fetch('il.legal'));
hear($socket);
fact('its address is in the log', str_contains($server->process->log(), "[WARNING] $name: refused"));

$server = new TestServer(['--ip=::']);
fact('::1', request("tcp://[::1]:$server->port", store('key', 'value')) === "OK\n");
fact('127.0.0.1', request("tcp://127.0.0.1:$server->port", fetch('key')) === 'value');

foreach (['0.0.0.0,::', '::,0.0.0.0', '*'] as $ip) {
    $server = new TestServer(["--ip=$ip"]);
    $server->stop();
    $server->start(); /* on a port that is not any free one */
    $answers = array_map(fn ($host) => request("tcp://$host:$server->port", store('key', 'value')), ['127.0.0.1', '[::1]']);
    fact($ip, $answers === ["OK\n", "OK\n"]);
}
?>
--EXPECT--
stored: yes
fetched: yes
only there: yes
its address is in the log: yes
::1: yes
127.0.0.1: yes
0.0.0.0,::: yes
::,0.0.0.0: yes
*: yes
