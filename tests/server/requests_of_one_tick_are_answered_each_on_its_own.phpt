--TEST--
requests of one tick share a commit, and each is answered on its own: none takes others with it
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

/* While the server is stopped requests pile up, and it finds all of them at once. */
function at_once(TestServer $server, array $requests): array
{
    $server->process->signal(19);
    wait_until(fn () => status_line($server->process->pid, 'State') === 'T (stopped)', 'the stop');
    $sockets = [];
    foreach ($requests as $name => $request) {
        $sockets[$name] = dial($server);
        say($sockets[$name], $request);
    }
    $server->process->signal(18);
    return array_map('hear', $sockets);
}

$server = new TestServer(['--maxsize=1M', '--readsize=256K']);
request($server, store('deleted', 'value'));
request($server, store('replaced', 'value'));
request($server, store('read', 'value'));
$large = value_of('too large', 2000000);

$requests = [
    'a store' => store('first', 'value'),
    'too large' => store('second', $large),
    'a delete' => delete('deleted'),
    'again' => delete('deleted'),
    'of none' => delete('none'),
    'illegal' => store('il.legal', 'value'),
    'replacing' => store('replaced', 'new value'),
    'one of two' => store('both', 'value'),
    'the other' => store('both', 'value'),
    'a long one' => store('long', value_of('long', 100000)),
    'too large again' => store('read', $large),
    'a fetch' => fetch('read'),
    'an unknown' => 'X',
    'the last' => store('last', 'value'),
];
foreach (at_once($server, $requests) as $name => $answer) {
    echo $name, ': ', $answer === '' ? 'nothing' : trim($answer), "\n";
}
foreach (['first', 'second', 'deleted', 'replaced', 'both', 'read', 'last'] as $key) {
    $answer = request($server, fetch($key));
    echo $key, ' is ', $answer === '' ? 'not there' : $answer, "\n";
}
fact('the long one is there', request($server, fetch('long')) === value_of('long', 100000));

/* in a store that is full but for a little, one that does not fit comes whole at once, and among
 * those of the same commit */
for ($i = 0; $i < 1000 && request($server, store("full-$i", value_of('full', 10000))) === "OK\n"; $i++) {
}
request($server, delete('full-0'));
$requests = [
    'replacing, first' => store('replaced', 'newer value'),
    'no room' => store('third', value_of('third', 40000)),
    'replacing, last' => store('both', 'newer value'),
    'a delete after it' => delete('last'),
];
foreach (at_once($server, $requests) as $name => $answer) {
    echo $name, ': ', $answer === '' ? 'nothing' : trim($answer), "\n";
}
foreach (['replaced', 'third', 'both', 'last'] as $key) {
    $answer = request($server, fetch($key));
    echo $key, ' is ', $answer === '' ? 'not there' : $answer, "\n";
}
request($server, delete('full-1'));

/* clients that are gone before their answer change nothing for the others */
$server->process->signal(19);
wait_until(fn () => status_line($server->process->pid, 'State') === 'T (stopped)', 'the stop');
$sockets = [];
for ($i = 0; $i < 40; $i++) {
    $sockets[$i] = dial($server);
    say($sockets[$i], $i % 4 < 2 ? store("key-$i", 'value') : fetch('long'));
}
for ($i = 0; $i < 40; $i += 2) {
    fclose($sockets[$i]);
    unset($sockets[$i]);
}
$server->process->signal(18);
$right = 0;
foreach ($sockets as $i => $socket) {
    $right += hear($socket) === ($i % 4 < 2 ? "OK\n" : value_of('long', 100000));
}
fact('those who stayed have their answers', $right === 20);
fact('ends with 0', $server->stop() === 0);
?>
--EXPECT--
a store: OK
too large: nothing
a delete: OK
again: nothing
of none: nothing
illegal: nothing
replacing: OK
one of two: OK
the other: OK
a long one: OK
too large again: nothing
a fetch: value
an unknown: nothing
the last: OK
first is value
second is not there
deleted is not there
replaced is new value
both is value
read is value
last is value
the long one is there: yes
replacing, first: OK
no room: nothing
replacing, last: OK
a delete after it: OK
replaced is newer value
third is not there
both is newer value
last is not there
those who stayed have their answers: yes
ends with 0: yes
