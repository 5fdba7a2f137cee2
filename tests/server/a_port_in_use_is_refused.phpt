--TEST--
a port in use is refused, and so is an address that is not ours
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$listener = stream_socket_server('tcp://127.0.0.1:0');
$port = substr(strrchr(stream_socket_get_name($listener, false), ':'), 1);
$data = scratch() . '/data';

report_refusal(["--port=$port", "--directory=$data"]);
report_refusal(["--port=$port", '--unix-socket=' . scratch() . '/socket', "--directory=$data"]);
report_refusal(['--port=0', '--ip=192.0.2.1', "--directory=$data"]);
fact('no unix path is left', !file_exists(scratch() . '/socket'));
fact('no directory was made', !file_exists($data));
?>
--EXPECT--
refused: [ERROR] cannot listen on 127.0.0.1:PORT: Address already in use
refused: [ERROR] cannot listen on 127.0.0.1:PORT: Address already in use
refused: [ERROR] cannot listen on 192.0.2.1:0: Cannot assign requested address
no unix path is left: yes
no directory was made: yes
