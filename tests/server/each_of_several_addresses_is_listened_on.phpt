--TEST--
--ip may be repeated and takes a list; an address that cannot be bound is named
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer(['--ip=127.0.0.1,127.0.0.2', '--ip=127.0.0.3']);
preg_match_all('/listening on (127\.0\.0\.\d:\d+)$/m', $server->process->log(), $match);
fact('three', count($match[1]) === 3);
foreach ($match[1] as $i => $address) {
    fact('127.0.0.' . $i + 1, str_starts_with($address, '127.0.0.' . $i + 1 . ':') && request("tcp://$address", store("key$i", 'value')) === "OK\n");
}
$server = new TestServer(['--ip=127.0.0.1,127.0.0.2', '--ip=127.0.0.1']);
$server->stop();
$server->start(); /* on a port that is not any free one */
fact('one that is given twice is one', preg_match_all("/listening on 127\.0\.0\.\d:$server->port$/m", $server->process->log()) === 2);
report_refusal(['--ip=127.0.0.1,192.0.2.1', '--port=0', '--directory=' . scratch() . '/data']);
report_refusal(['--ip=127.0.0.1', '--ip=no-such-host.invalid', '--port=0', '--directory=' . scratch() . '/data']);
report_refusal(['--ip=127.0.0.1,', '--port=0', '--directory=' . scratch() . '/data']);
?>
--EXPECTF--
three: yes
127.0.0.1: yes
127.0.0.2: yes
127.0.0.3: yes
one that is given twice is one: yes
refused: [ERROR] cannot listen on 192.0.2.1:0: Cannot assign requested address
refused: [ERROR] cannot listen on no-such-host.invalid: %s
refused: [ERROR] --ip must be an address, or at most 16 that are separated by commas, "127.0.0.1," given
