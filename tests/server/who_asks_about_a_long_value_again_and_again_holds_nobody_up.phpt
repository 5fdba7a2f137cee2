--TEST--
who asks about a long value again and again, in a few bytes, holds nobody up
--SKIPIF--
<?php
require __DIR__ . '/server.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

const LENGTH = 8 << 20;

/* Another client is answered while most of the requests, each of which reads all of the value, are
 * still to be run; before, one turn of the server ran them all. */
function is_answered_meanwhile(string $request, int $clients): bool
{
    $server = new TestServer();
    $other = open_meta($server);
    meta(open_meta($server), 'ms long ' . LENGTH . "\r\n" . str_repeat('v', LENGTH) . "\r\n");
    $sockets = [];
    for ($i = 0; $i < $clients; $i++) {
        $sockets[$i] = dial($server);
        say($sockets[$i], str_repeat($request, 400) . "mn\r\n");
    }
    $answers = '';
    for ($i = 0; $i < 3; $i++) {
        $answers .= meta($other, "mn\r\n");
    }
    $quiet = array_filter($sockets, fn ($socket) => !str_ends_with((string) @fread($socket, 1 << 20), "MN\r\n"));
    $server->kill();
    return $answers === "MN\r\nMN\r\nMN\r\n" && count($quiet) === $clients;
}

fact('appends', is_answered_meanwhile("ms long 1 MA q\r\nx\r\n", 1));
fact('those of ten clients', is_answered_meanwhile("ms long 1 MP q\r\nx\r\n", 10));
fact('some that fail', is_answered_meanwhile("mg nothing q\r\nms long 1 MA C1 q\r\nx\r\nms long 1 MA q\r\nx\r\n", 1));

/* and those who ask for the same take turns */
$server = new TestServer();
meta(open_meta($server), 'ms long ' . LENGTH . "\r\n" . str_repeat('v', LENGTH) . "\r\n");
$sockets = [dial($server), dial($server), dial($server)];
foreach ($sockets as $i => $socket) {
    say($socket, str_repeat("ms long 1 MA q\r\nx\r\n", $i === 0 ? 400 : 1) . "mn\r\n");
}
fact('who asks once is answered before who asks often', hear($sockets[1], 4) . hear($sockets[2], 4) === "MN\r\nMN\r\n" && is_quiet($sockets[0]));
?>
--EXPECT--
appends: yes
those of ten clients: yes
some that fail: yes
who asks once is answered before who asks often: yes
