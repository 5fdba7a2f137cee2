--TEST--
a kept connection may be silent between requests and while it waits for a lock, and not within a request
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer(['--timeout=1']);
[$idle, $waiting, $half] = [open_meta($server), open_meta($server), open_meta($server)];
meta($idle, "ml k T3600\r\n");
fwrite($waiting, "ml k W3600000\r\nmg key\r\n");
round_trip($server);

/* these two are silent since before: were there an end to it, theirs would be the first */
meta($half, "mg key\r\n");
fwrite($half, "ms key 5\r\nval");
fact('half a request is disconnected', hear($half) === '');
fact('by one line', lines($server, '/disconnected by --timeout in the middle of a request \(13 bytes received\)/') === 1);

fact('the idle one is served', meta($idle, "mg key\r\n") === "EN\r\n");
fact('the lock was held', meta($idle, "mu k\r\n") === "HD\r\n");
fact('the one that waited has it', meta($waiting, '', 2) === "HD\r\nEN\r\n");
fact('nobody else was disconnected', lines($server, '/disconnected by --timeout/') === 1);
?>
--EXPECT--
half a request is disconnected: yes
by one line: yes
the idle one is served: yes
the lock was held: yes
the one that waited has it: yes
nobody else was disconnected: yes
