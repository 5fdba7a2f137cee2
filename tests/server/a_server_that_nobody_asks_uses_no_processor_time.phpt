--TEST--
a server that nobody asks uses no processor time, however long it looks for requests where they come
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer(['--busy-poll=1000']);
$pid = $server->process->pid;
$client = dial($server);

for ($i = 0; $i < 1000; $i++) {
    say($client, "mn\r\n");
    hear($client, 4) === "MN\r\n" || die('a wrong answer');
}

/* a second of looking would take about a second, and a little of it on a machine that others use, too */
$before = processor_time($pid);
$none = [];
$readable = [$client];
fact('nothing comes', stream_select($readable, $none, $none, 1) === 0);
fact('the server rests', processor_time($pid) - $before < 0.1);
?>
--EXPECT--
nothing comes: yes
the server rests: yes
