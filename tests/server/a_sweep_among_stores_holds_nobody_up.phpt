--TEST--
a sweep that comes among stores holds nobody up, itself included
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

/* Clients that store all the time, so that in each turn there is one, and entries that expire all
 * the time, so that each sweep finds some: after three seconds it came to both in one turn. */

const CLIENTS = 20;

$server = new TestServer(['--expiration=1']);
$begin = microtime(true);
$sockets = [];
$count = $wrong = 0;

while (microtime(true) < $begin + 3.3) {
    while (count($sockets) < CLIENTS) {
        $socket = dial($server);
        $key = 'key-' . ++$count;
        say($socket, $count % 10 ? store($key, value_of($key, 20000)) : delete("key-$count"));
        $sockets[(int) $socket] = $socket;
    }
    $none = [];
    $readable = $sockets;
    if (!stream_select($readable, $none, $none, PATIENCE)) {
        exit("nobody was answered for too long\n");
    }
    foreach ($readable as $socket) {
        $wrong += !in_array(hear($socket), ["OK\n", ''], true);
        unset($sockets[(int) $socket]);
        fclose($socket);
    }
}
fact('all were answered', $count > CLIENTS && $wrong === 0);
fact('it goes on', request($server, store('after', 'value')) === "OK\n");
fact('the log is empty of errors', lines($server, '/ERROR/') === 0);
?>
--EXPECT--
all were answered: yes
it goes on: yes
the log is empty of errors: yes
