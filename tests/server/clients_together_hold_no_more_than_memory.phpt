--TEST--
clients together hold no more than --memory, and only the one that holds the most is closed for it
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

const CLIENTS = 12;
const KEYS = 6; /* replies with the same value share one copy */
const LENGTH = 15000000;

putenv('SHAREDANCED'); /* the server as users have it: a sanitizer's allocator gives memory back by rules of its own */
$server = new TestServer(['--memory=64M', '--maxreadsize=16M']);
$pid = $server->process->pid;
/* in MB, once what the store had of the value is given back */
$private = fn () => (int) status_line($pid, 'RssAnon') / 1024;

$honest = open_meta($server);
$value = value_of('key', LENGTH);
for ($i = 0; $i < KEYS; $i++) {
    fwrite($honest, "ms key$i " . LENGTH . "\r\n$value\r\n");
    fact('a long value is stored', fgets($honest) === "HD\r\n");
}
/* less than the value: neither the connection nor the store has a copy of it */
wait_until(fn () => $private() < LENGTH >> 20, 'the memory to be given back');

$clients = [];
for ($i = 0; $i < CLIENTS; $i++) {
    $clients[] = $client = dial($server);
    say($client, 'mg key' . $i % KEYS . " v\r\n");
    round_trip($server);
}
fact('replies that nobody reads stay within it', $private() < 64);
$last = $clients[CLIENTS - 1];
fact('the last can read its reply', strlen(hear($last, LENGTH + 15)) === LENGTH + 15);
fact('others are served', meta($honest, "mn\r\n") === "MN\r\n");
$clients = $client = $last = null;

for ($i = 0; $i < CLIENTS; $i++) {
    $clients[] = $client = dial($server);
    say($client, 'ms k ' . LENGTH . "\r\n");
    for ($sent = 0; $sent < LENGTH - 1; $sent += $written) {
        $none = [];
        $writable = [$client];
        /* nothing is taken of one that is slowed down, and one that is closed cannot be written to */
        if (!stream_select($none, $writable, $none, 1)) {
            break;
        }
        $written = @fwrite($client, substr($value, $sent, min(1 << 18, LENGTH - 1 - $sent)));
        if ($written === false) {
            break;
        }
    }
}
fact('requests that never end do, too', $private() < 64);
fact('others are served', meta($honest, "mn\r\n") === "MN\r\n");
fact('a line says so', lines($server, '/closed: --memory is used up, and it holds the most, \d+ bytes/') >= 1);
?>
--EXPECT--
a long value is stored: yes
a long value is stored: yes
a long value is stored: yes
a long value is stored: yes
a long value is stored: yes
a long value is stored: yes
replies that nobody reads stay within it: yes
the last can read its reply: yes
others are served: yes
requests that never end do, too: yes
others are served: yes
a line says so: yes
