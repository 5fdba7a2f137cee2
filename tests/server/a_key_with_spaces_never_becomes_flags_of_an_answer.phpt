--TEST--
a key with spaces never becomes flags of an answer
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer();
$socket = open_meta($server);
$key = 'x t1 c99 Oevil';
$base64 = base64_encode($key);
foreach (["mg $base64 b k v s Omine\r\n" => 2, "ms $base64 3 b k MA Omine\r\nue2\r\n" => 1, "mg $base64 b k v Omine\r\n" => 2,
    "ma $base64 b N0 Omine\r\n" => 1, "md $base64 b k Omine\r\n" => 1, "mg $base64 b k Omine\r\n" => 1,
    "ml $base64 b k Omine\r\n" => 1] as $request => $lines) {
    echo str_starts_with($request, 'mg') ? request($server, store($key, 'value')) : '', meta($socket, $request, $lines);
}
?>
--EXPECT--
OK
VA 5 keCB0MSBjOTkgT2V2aWw= b s5 Omine
value
HD keCB0MSBjOTkgT2V2aWw= b Omine
OK
VA 5 keCB0MSBjOTkgT2V2aWw= b Omine
value
CLIENT_ERROR cannot increment or decrement non-numeric value
HD keCB0MSBjOTkgT2V2aWw= b Omine
OK
HD keCB0MSBjOTkgT2V2aWw= b Omine
HD keCB0MSBjOTkgT2V2aWw= b Omine
