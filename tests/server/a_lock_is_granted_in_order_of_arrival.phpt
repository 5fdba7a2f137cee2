--TEST--
a lock is granted in order of arrival
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer();
$clients = [];
for ($i = 0; $i < 10; $i++) {
    $clients[$i] = open_meta($server);
    fwrite($clients[$i], "ml k T60 W60000 O$i\r\n");
    round_trip($server); /* so that they arrive one after the other */
}
/* each gives the lock back when it has it: whose turn it is shows who has an answer */
for ($i = 0; $i < 10; $i++) {
    echo fgets($clients[$i]);
    $early = array_filter(array_slice($clients, $i + 1), fn ($client) => !is_quiet($client));
    fact('nobody else has it', $early === []);
    meta($clients[$i], "mu k\r\n");
}

/* what stands behind a request that waits is answered after it; others are served meanwhile */
meta($clients[0], "ml k\r\n");
fwrite($clients[1], "ml k W60000\r\nms behind 1\r\nx\r\nmg behind v\r\n");
round_trip($server);
fact('the set behind it has not been done', meta($clients[2], "mg behind\r\n") === "EN\r\n");
meta($clients[0], "mu k\r\n");
echo meta($clients[1], '', 4);
?>
--EXPECT--
HD O0
nobody else has it: yes
HD O1
nobody else has it: yes
HD O2
nobody else has it: yes
HD O3
nobody else has it: yes
HD O4
nobody else has it: yes
HD O5
nobody else has it: yes
HD O6
nobody else has it: yes
HD O7
nobody else has it: yes
HD O8
nobody else has it: yes
HD O9
nobody else has it: yes
the set behind it has not been done: yes
HD
HD
VA 1
x
