--TEST--
eight threads use the client at once, while a server is killed again and again: no data race, no wrong value, and nothing acknowledged is lost
--SKIPIF--
<?php
require_once __DIR__ . '/threads.inc';
skip_unless_sharedanced();
skip_unless_tsan();
if (!is_file(root() . '/client/client.c')) {
    die('skip the sources of the client are not here');
}
?>
--FILE--
<?php
require __DIR__ . '/threads.inc';

$program = scratch() . '/client';
compile($program, '-std=c11 -fsanitize=thread ' . escapeshellarg(__DIR__ . '/client.c') . ' '
    . implode(' ', array_map(escapeshellarg(...), array_merge(...array_map(fn ($files) => glob(root() . "/$files"), ['client/*.c', 'client/*/*.c', 'wire/*.c'])))));
$servers = servers(2);
pool($servers, true)->set('counted', '0');
$threads = new Process([...UNSCATTERED, $program, '8', '300', ...array_map(fn ($server) => (string) $server->port, $servers)], null,
    ['TSAN_OPTIONS' => 'halt_on_error=1:exitcode=66']);
for ($kills = 0; $threads->running(); $kills++) {
    $servers[1]->kill();
    usleep(100000);
    $servers[1]->start();
    usleep(400000);
}
fact('the server was killed meanwhile', $kills > 1);
echo 'status ', $threads->wait(), "\n";
$log = $threads->log();
preg_match('/^right (\d+), wrong (\d+), failed (\d+), (.*)$/m', $log, $match) || print($log);
fact('almost all was right', $match[1] > 7000);
echo "wrong $match[2], $match[4]\n";
if ($match[3] > 0) {
    file_put_contents('php://stderr', $log);
}
?>
--EXPECT--
the server was killed meanwhile: yes
status 0
almost all was right: yes
wrong 0, counted right, session right
