--TEST--
requests that come faster than they are run take no memory
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
$peak = fn () => (int) status_line($pid, 'VmHWM');
for ($i = 0; $i < 20; $i++) {
    round_trip($server); /* what it needs once */
}

$before = $peak();
$client = dial($server);
$requests = str_repeat("mg nothing q\r\n", 1 << 16);
for ($i = 0; $i < 50; $i++) {
    say($client, $requests); /* 46 MB in all, and no reply to any */
}
say($client, "mn\r\n");
fact('others are served meanwhile', request($server, fetch('no-such-key')) === '');
fact('all are run', hear($client, 4) === "MN\r\n");
fact('memory grew by less than 8 MB', $peak() - $before < 8192);
?>
--EXPECT--
others are served meanwhile: yes
all are run: yes
memory grew by less than 8 MB: yes
