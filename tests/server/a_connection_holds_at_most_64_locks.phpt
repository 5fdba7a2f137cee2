--TEST--
a connection holds at most 64 locks, and is told that one more is a failure
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer();
[$one, $two] = [open_meta($server), open_meta($server)];
$all = '';
for ($i = 0; $i < 64; $i++) {
    $all .= meta($one, "ml k$i T600\r\n");
}
fact('so many it has', $all === str_repeat("HD\r\n", 64));
echo 'one more: ', meta($one, "ml more O1\r\n"), meta($one, "ml more W60000\r\n");
echo 'it is free: ', meta($two, "ml more\r\n");
echo 'one that it has: ', meta($one, "ml k7\r\n");
echo 'one given back for another: ', meta($one, "mu k7\r\nml other\r\n", 2);
echo 'and again: ', meta($one, "ml k7\r\n");
echo 'others are as they were: ', meta($two, "ml k0\r\n"), meta($two, "ml k7\r\n");
?>
--EXPECT--
so many it has: yes
one more: SERVER_ERROR too many locks on this connection: 64 are the most
SERVER_ERROR too many locks on this connection: 64 are the most
it is free: HD
one that it has: HD
one given back for another: HD
HD
and again: SERVER_ERROR too many locks on this connection: 64 are the most
others are as they were: NS
HD
