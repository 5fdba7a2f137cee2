--TEST--
a lease is cut to the longest that the server grants
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer(['--lock-lease=1']);
[$one, $two] = [open_meta($server), open_meta($server)];
echo 'asked for: ', meta($one, "ml k T4294967295\r\n"), meta($two, "ml k W60000\r\n");
echo 'by default: ', meta($one, "ml k W60000\r\n");
echo 'by its end: ', meta($two, "mu k\r\n");
?>
--EXPECT--
asked for: HD
HD
by default: HD
by its end: NF
