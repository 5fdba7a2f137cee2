--TEST--
a date in the past expires an entry at once, and no answer tells an absurd life
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

const PAST = 2592001; /* seconds since 1970: the smallest number that is a date */

$server = new TestServer();
$socket = open_meta($server);
$set = "ms k 1 T100\r\n5\r\n";
foreach (["mg k t T%d\r\n", "ma k t T%d\r\n", "md k I T%d\r\n", "ms k 1 T%d\r\n6\r\n"] as $request) {
    echo meta($socket, $set), meta($socket, sprintf($request, PAST)), meta($socket, "mg k t\r\n");
}
echo "made with it\n", meta($socket, 'mg new t N' . PAST . "\r\n"), meta($socket, "mg new t\r\n");
echo meta($socket, 'ma new t J1 N' . PAST . "\r\n"), meta($socket, "mg new t\r\n");
/* the tombstone of an entry outlives it all the same */
echo "deleted with it\n", meta($socket, $set), meta($socket, 'md k T' . PAST . "\r\n");
fact('the tombstone lives on', preg_match('/^EN t\d+\r\n$/', meta($socket, "mg k G t\r\n")) === 1);
?>
--EXPECT--
HD
HD t0
EN
HD
HD t0
EN
HD
HD
EN
HD
HD
EN
made with it
HD t0 W
EN
HD t0
EN
deleted with it
HD
HD
the tombstone lives on: yes
