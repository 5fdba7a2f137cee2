--TEST--
a request over --maxreadsize is closed at its header, before its bytes are sent
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer(['--maxreadsize=1000']);
$largest = store('key', value_of('key', 1000 - 9 - 3));

fact('the largest is stored', request($server, $largest) === "OK\n");
fact('and fetched', request($server, fetch('key')) === value_of('key', 988));

foreach ([[3, 989], [254, 738], [3, 0x7fffffff], [3, 0xffffffff], [254, 0xffffffff]] as [$key_length, $length]) {
    $socket = dial($server);
    say($socket, 'S' . pack('NN', $key_length, $length));
    fact("a header of $key_length and $length bytes is closed", hear($socket) === '');
}
foreach (['S', 'F', 'D'] as $command) {
    foreach ([255, 0x80000000, 0xffffffff] as $key_length) {
        $socket = dial($server);
        say($socket, $command . pack('N', $key_length) . ($command === 'S' ? pack('N', 1) : ''));
        fact("$command, a key of $key_length bytes, is closed", hear($socket) === '');
    }
}
fact('what was stored is there', request($server, fetch('key')) === value_of('key', 988));
?>
--EXPECT--
the largest is stored: yes
and fetched: yes
a header of 3 and 989 bytes is closed: yes
a header of 254 and 738 bytes is closed: yes
a header of 3 and 2147483647 bytes is closed: yes
a header of 3 and 4294967295 bytes is closed: yes
a header of 254 and 4294967295 bytes is closed: yes
S, a key of 255 bytes, is closed: yes
S, a key of 2147483648 bytes, is closed: yes
S, a key of 4294967295 bytes, is closed: yes
F, a key of 255 bytes, is closed: yes
F, a key of 2147483648 bytes, is closed: yes
F, a key of 4294967295 bytes, is closed: yes
D, a key of 255 bytes, is closed: yes
D, a key of 2147483648 bytes, is closed: yes
D, a key of 4294967295 bytes, is closed: yes
what was stored is there: yes
