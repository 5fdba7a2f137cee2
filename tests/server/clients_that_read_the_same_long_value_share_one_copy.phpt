--TEST--
clients that read the same long value, or do not read it, share one copy
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--INI--
memory_limit=512M
--FILE--
<?php
require __DIR__ . '/server.inc';

const CLIENTS = 40;
const LENGTH = 33550000; /* with its key, just less than the 32 MB that a request may have */

putenv('SHAREDANCED'); /* the server as users have it: a sanitizer's allocator gives memory back by rules of its own */
$server = new TestServer(['--memory=256M', '--timeout=600']); /* clients wait for their turn to read */
$pid = $server->process->pid;
$private = fn () => (int) status_line($pid, 'RssAnon') / 1024;

$honest = open_meta($server);
$old = value_of('old', LENGTH);
$new = value_of('new', LENGTH);
say($honest, 'ms key ' . LENGTH . "\r\n$old\r\n");
fact('a long value is stored', hear($honest, 4) === "HD\r\n");
wait_until(fn () => $private() < 16, 'the memory to be given back');

$clients = [];
for ($i = 0; $i < CLIENTS; $i++) {
    $clients[] = dial($server);
    say($clients[$i], $i % 2 ? "mg key v\r\n" : fetch('key'));
    round_trip($server);
}
$most = $private();
fact('all take less than twice the value', $most < 2 * (LENGTH >> 20));
say($honest, 'ms key ' . LENGTH . "\r\n$new\r\n");
fact('it can be replaced meanwhile', hear($honest, 4) === "HD\r\n");
say($honest, "mg key v\r\n");
$head = 'VA ' . LENGTH . "\r\n";
fact('and is read as it is now', hear($honest, strlen($head) + LENGTH + 2) === "$head$new\r\n");
$right = 0;
foreach ($clients as $i => $client) {
    $right += $i % 2
        ? hear($client, strlen($head) + LENGTH + 2) === "$head$old\r\n"
        : hear($client, LENGTH) === $old;
}
fact('all of them get the one that they asked for', $right === CLIENTS);
$client = $clients = null;
wait_until(fn () => $private() < 16, 'the memory to be given back');
?>
--EXPECT--
a long value is stored: yes
all take less than twice the value: yes
it can be replaced meanwhile: yes
and is read as it is now: yes
all of them get the one that they asked for: yes
