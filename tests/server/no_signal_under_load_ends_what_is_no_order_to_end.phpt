--TEST--
under load, no signal but SIGTERM and SIGINT ends the server, and no answer is lost
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$file = scratch() . '/sharedanced.conf';
file_put_contents($file, "expiration = 600\n");
$server = new TestServer(["--config=$file", '--log-file=' . scratch() . '/log']);
$socket = dial($server);
$value = str_repeat('v', 1000);
$asked = 0;
foreach (['HUP', 'USR1', 'USR2', 'ALRM', 'XFSZ', 'PIPE', 'CHLD', 'URG', 'WINCH', 'CONT'] as $signal) {
    $good = 0;
    for ($i = 0; $i < 20; $i++) {
        $batch = '';
        for ($j = 0; $j < 100; $j++) {
            $key = base64_encode("key$asked");
            $batch .= "ms $key 1000 b\r\n$value\r\n";
            $asked++;
        }
        say($socket, $batch);
        send_signal($server->process->pid, $signal);
        $good += substr_count(hear($socket, 400), "HD\r\n");
    }
    fact($signal, $good === 2000 && $server->process->running());
}
fact('ends with 0', $server->stop() === 0);
?>
--EXPECT--
HUP: yes
USR1: yes
USR2: yes
ALRM: yes
XFSZ: yes
PIPE: yes
CHLD: yes
URG: yes
WINCH: yes
CONT: yes
ends with 0: yes
