--TEST--
a server that is more than classic gives no proof of it
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

/* Behind a proxy that ends connections, it would be taken for a classic one. */
$server = new TestServer();
fact('the proof is refused', request($server, store(PROOF_KEY, 'proof')) === '');
fact('nothing is stored', request($server, fetch(PROOF_KEY)) === '');
fact('any other key is stored', request($server, store(PROOF_KEY . '2', 'proof')) === "OK\n");
fact('it has the meta protocol', meta(open_meta($server), 'ms ' . PROOF_KEY . " 5\r\nproof\r\n") === "HD\r\n");
?>
--EXPECT--
the proof is refused: yes
nothing is stored: yes
any other key is stored: yes
it has the meta protocol: yes
