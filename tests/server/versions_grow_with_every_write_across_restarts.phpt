--TEST--
versions grow with every write across restarts
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer();
$versions = [];
$write = function (string $request) use (&$server, &$versions) {
    preg_match('/ c(\d+)/', meta(open_meta($server), $request), $match);
    $versions[] = +$match[1];
};
for ($round = 0; $round < 5; $round++) {
    $write("ms a 1 c\r\nx\r\n");
    $write("ms b 1 c\r\nx\r\n");
    meta(open_meta($server), "ms n 1\r\n1\r\n");
    $write("ma n c\r\n");
    request($server, store('classic', 'v'));
    $write("mg classic c\r\n");
    $server->kill();
    $server->start();
}
$sorted = $versions;
sort($sorted);
fact('each is larger than the one before', $sorted === $versions && count(array_unique($versions)) === count($versions));
fact('they are microseconds since 1970', abs(end($versions) / 1e6 - time()) < 3600);

/* one that a client gives may lie ahead: what comes after it on that entry is larger still */
$ahead = (time() + 86400) * 1000000;
$socket = open_meta($server);
meta($socket, "ms ahead 1 E$ahead\r\nx\r\n");
preg_match('/ c(\d+)/', meta($socket, "ms ahead 1 c\r\ny\r\n"), $match);
fact('a write after one from the future is newer', +$match[1] > $ahead);
fact('others are not dragged along', preg_match('/ c(\d+)/', meta($socket, "ms other 1 c\r\ny\r\n"), $match) && +$match[1] < $ahead);
echo preg_replace('/\d{10,}/', 'N', meta($socket, "ms ahead 1 G E5\r\nz\r\n") . meta($socket, "md ahead G E5\r\n"));
echo preg_replace('/\d{10,}/', 'N', meta($socket, 'ms ahead 1 G c E' . $ahead + 10 . "\r\nz\r\n"));
?>
--EXPECT--
each is larger than the one before: yes
they are microseconds since 1970: yes
a write after one from the future is newer: yes
others are not dragged along: yes
EX cN
EX cN
HD cN
