--TEST--
without a descriptor left clients wait and the server rests; when one is given back, they are served
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

start_by('exec prlimit --nofile=40:40 -- "$@"');
$server = new TestServer();
$pid = $server->process->pid;
request($server, store('key', 'value'));

$clients = [];
for ($i = 0; $i < 60; $i++) {
    $clients[] = dial($server);
    say($clients[$i], fetch('key')[0]);
}
wait_until(fn () => lines($server, '/cannot accept new connections for now: /') > 0, 'the shortage');

/* none of them is idle: nothing happens now, and nothing is done */
$before = processor_time($pid);
$none = [];
$readable = $clients;
fact('no client is closed', stream_select($readable, $none, $none, 1) === 0);
fact('the server rests', processor_time($pid) - $before < 0.5);

foreach ($clients as $client) {
    say($client, substr(fetch('key'), 1));
}
fact('the first is served', hear($clients[0]) === 'value');
/* those who are served make room for the next */
fact('all are served', array_unique(array_map('hear', array_slice($clients, 1))) === ['value']);

/* room is made by clients that go away in the middle of a word, too */
$clients = [];
for ($i = 0; $i < 60; $i++) {
    $clients[] = dial($server);
    say($clients[$i], fetch('key')[0]);
}
$last = array_pop($clients);
say($last, substr(fetch('key'), 1));
say($clients[0], substr(fetch('key'), 1));
fact('the first is served again', hear($clients[0]) === 'value');
fact('the last waits', is_quiet($last));
array_splice($clients, 0, 50);
fact('until others go', hear($last) === 'value');
?>
--EXPECT--
no client is closed: yes
the server rests: yes
the first is served: yes
all are served: yes
the first is served again: yes
the last waits: yes
until others go: yes
