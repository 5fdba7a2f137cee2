--TEST--
upstream's short options are taken, and mean what they meant
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$directory = scratch() . '/data';
$process = new Process([TestServer::program(), '-i', '127.0.0.1', '-p', '0', '-b', '10', '-d', $directory,
    '-r', '100', '-R', '1000', '-e', '1', '-t', '1', '-D']);
$process->expect('/\] ready$/m');
$address = 'tcp://' . $process->expect('/listening on (127\.0\.0\.1:\d+)$/m');

fact('-d', file_exists("$directory/data.mdb"));
fact('it serves', request($address, store('key', 'value')) === "OK\n");
wait_until(fn () => request($address, fetch('key')) === '', 'the expiry');
fact('-e', true);
$socket = dial($address);
say($socket, 'S' . pack('NN', 3, 989));
fact('-R', hear($socket) === '');
fact('-t', hear(dial($address)) === '');
$process->signal(15);
fact('ends with 0', $process->wait() === 0);
?>
--EXPECT--
-d: yes
it serves: yes
-e: yes
-R: yes
-t: yes
ends with 0: yes
