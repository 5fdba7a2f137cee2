--TEST--
the largest request is of 32 MiB exactly, header and key included, unless --maxreadsize says otherwise
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer();
$value = value_of('key', (32 << 20) - 9 - 3);

fact('32 MiB are stored', request($server, store('key', $value)) === "OK\n");
$socket = dial($server);
say($socket, fetch('key'));
for ($same = true, $length = 0; !feof($socket); $length += strlen($part)) {
    $part = hear($socket, 1 << 20);
    $same = $same && $part === substr($value, $length, strlen($part));
}
fact('and fetched', $same && $length === strlen($value));

$socket = dial($server);
say($socket, 'S' . pack('NN', 3, strlen($value) + 1));
fact('one byte more is refused', hear($socket) === '');
fact('and all at once too', request($server, store('key', "$value!")) === '');
fact('what was stored is there', strlen(request($server, fetch('key'))) === strlen($value));
?>
--EXPECT--
32 MiB are stored: yes
and fetched: yes
one byte more is refused: yes
and all at once too: yes
what was stored is there: yes
