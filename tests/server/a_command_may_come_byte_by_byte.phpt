--TEST--
a command may come byte by byte, on a new connection too
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer();
$send_slowly = function (string $bytes) use ($server) {
    $socket = open_meta($server);
    foreach (str_split($bytes) as $byte) {
        if (@fwrite($socket, $byte) === false) {
            break; /* it was closed */
        }
        round_trip($server);
    }
    return $socket;
};
foreach (["mn\r\n", "mg k\r\n", "version\r\n", "verbosity 1\r\n", "ms k 1\r\nx\r\n", "stats\r\n"] as $request) {
    echo preg_replace('/ .*/', '', fgets($send_slowly($request)));
}
fact('quit closes', hear($send_slowly("quit\r\n")) === '');
foreach (['vex', 'mx', 'sto', 'quick', "\n"] as $foreign) {
    fact(json_encode($foreign) . ' closes', hear($send_slowly($foreign)) === '');
}
?>
--EXPECT--
MN
EN
VERSION
OK
HD
STAT
quit closes: yes
"vex" closes: yes
"mx" closes: yes
"sto" closes: yes
"quick" closes: yes
"\n" closes: yes
