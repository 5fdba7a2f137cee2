--TEST--
a client causes two lines of a kind in a minute, however often it asks
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer(['--maxreadsize=1000']);
$requests = ['X', fetch(''), fetch('a/b'), store('key', str_repeat('v', 1000)), substr(fetch('key'), 0, -1), fetch('key') . 'x'];
for ($i = 0; $i < 20; $i++) {
    foreach ($requests as $request) {
        $socket = dial($server);
        say($socket, $request);
        stream_socket_shutdown($socket, STREAM_SHUT_WR);
        hear($socket);
    }
}
echo 'lines about clients: ', lines($server, '/127\.0\.0\.1:\d+: /'), "\n";
foreach (['unknown command', 'the key is empty', 'is not legal', '--maxreadsize', 'gone after', "past the request's end"] as $kind) {
    echo "$kind: ", lines($server, '/127\.0\.0\.1:\d+: .*' . preg_quote($kind, '/') . '/'), "\n";
}
?>
--EXPECT--
lines about clients: 12
unknown command: 2
the key is empty: 2
is not legal: 2
--maxreadsize: 2
gone after: 2
past the request's end: 2
