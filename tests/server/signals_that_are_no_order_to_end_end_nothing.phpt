--TEST--
signals that are no order to end, end nothing
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer();
foreach (['HUP', 'USR1', 'USR2', 'ALRM', 'XFSZ', 'PIPE'] as $signal) {
    send_signal($server->process->pid, $signal);
    /* it is delivered before the process does anything else */
    fact($signal, @request($server, store($signal, 'value')) === "OK\n" && $server->process->running());
}
fact('SIGHUP is answered by a line', lines($server, '/^\[NOTICE\] SIGHUP: there is no --config and no --log-file to read again$/m') === 1);
fact('ends with 0 by SIGTERM', $server->stop() === 0);
$server->start();
fact('all is there', request($server, fetch('HUP')) . request($server, fetch('PIPE')) === 'valuevalue');
$server->process->signal(2);
fact('ends with 0 by SIGINT', $server->process->wait() === 0);
?>
--EXPECT--
HUP: yes
USR1: yes
USR2: yes
ALRM: yes
XFSZ: yes
PIPE: yes
SIGHUP is answered by a line: yes
ends with 0 by SIGTERM: yes
all is there: yes
ends with 0 by SIGINT: yes
