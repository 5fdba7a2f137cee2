--TEST--
stores that come together with SIGTERM are answered truly: what is acknowledged is there
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer();
$acknowledged = $refused = [];

for ($round = 0; $round < 5; $round++) {
    $sockets = [];
    for ($i = 0; $i < 20; $i++) {
        $sockets["key-$round-$i"] = dial($server);
    }
    round_trip($server);
    /* it finds all of it at once when it goes on */
    $server->process->signal(19);
    wait_until(fn () => status_line($server->process->pid, 'State') === 'T (stopped)', 'the stop');
    foreach ($sockets as $key => $socket) {
        say($socket, store($key, value_of($key, 2000)));
    }
    $server->process->signal(15);
    $server->process->signal(18);
    foreach ($sockets as $key => $socket) {
        $answer = hear($socket);
        $answer === "OK\n" ? $acknowledged[] = $key : $refused[] = $answer;
    }
    $status = $server->process->wait();
    if ($status !== 0) {
        echo "status $status\n";
    }
    $server->start();
}
fact('the others have no answer', array_diff($refused, ['']) === []);
$lost = array_filter($acknowledged, fn ($key) => request($server, fetch($key)) !== value_of($key, 2000));
fact('what is acknowledged is there', $lost === []);
?>
--EXPECT--
the others have no answer: yes
what is acknowledged is there: yes
