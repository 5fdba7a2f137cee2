--TEST--
an append obeys maxreadsize, as a set does
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer(['--maxreadsize=1M']);
$socket = open_meta($server);
$most = (1 << 20) - 9 - strlen('k');
$value = str_repeat('v', $most - 10);
echo meta($socket, 'ms k ' . strlen($value) . " T0\r\n$value\r\n");
foreach (['MA', 'MP', 'MA q', 'MA b'] as $flags) {
    $key = str_contains($flags, 'b') ? base64_encode('k') : 'k';
    echo "$flags: ", meta($socket, "ms $key 11 $flags\r\n0123456789a\r\n");
}
echo 'as it was: ', meta($socket, "mg k s\r\n");
echo 'as large as can be: ', meta($socket, "ms k 10 MA\r\n0123456789\r\nmg k s\r\n", 2);
echo 'one more: ', meta($socket, "ms k 1 MP\r\nx\r\n"), meta($socket, "ms k 0 MA\r\n\r\n");
echo 'a set of one more: ', meta(open_meta($server), 'ms k ' . $most + 1 . "\r\n");
?>
--EXPECT--
HD
MA: SERVER_ERROR object too large for cache
MP: SERVER_ERROR object too large for cache
MA q: SERVER_ERROR object too large for cache
MA b: SERVER_ERROR object too large for cache
as it was: HD s1048556
as large as can be: HD
HD s1048566
one more: SERVER_ERROR object too large for cache
HD
a set of one more: SERVER_ERROR object too large for cache
