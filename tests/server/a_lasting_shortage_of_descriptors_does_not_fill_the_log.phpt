--TEST--
a lasting shortage of descriptors does not fill the log: no line for each client that is served
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

start_by('exec prlimit --nofile=32:32 -- "$@"');
$server = new TestServer();

$clients = [];
for ($i = 0; $i < 90; $i++) {
    $clients[] = dial($server);
}
/* each one that is served makes room for one, and others still wait */
foreach ($clients as $client) {
    say($client, fetch('key'));
    hear($client);
}
fact('it was short of them', lines($server, '/cannot accept new connections/') > 0);
fact('few lines tell of it', lines($server, '/cannot accept new connections/') < 10);
?>
--EXPECT--
it was short of them: yes
few lines tell of it: yes
