--TEST--
who gives a lock back and asks again comes after those who wait, in one packet too
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer();
[$one, $two, $three] = [open_meta($server), open_meta($server), open_meta($server)];
echo meta($one, "ml k T600 O1\r\n");
foreach ([$two, $three] as $i => $waiter) {
    fwrite($waiter, "ml k T600 W3600000 Ow$i\r\n");
    round_trip($server);
}
echo 'without a wait: ', meta($one, "mu k O2\r\nml k T600 O3\r\n", 2), meta($two, '');
fwrite($two, "mu k O4\r\nml k T600 W3600000 O5\r\n");
echo 'with one: ', fgets($two), fgets($three);
fact('it waits', stays_open($server, $two));
echo 'its turn: ', meta($three, "mu k O6\r\n"), fgets($two);
echo 'alone: ', meta($two, "mu k O7\r\nml k T600 O8\r\n", 2);
?>
--EXPECT--
HD O1
without a wait: HD O2
NS O3
HD Ow0
with one: HD O4
HD Ow1
it waits: yes
its turn: HD O6
HD O5
alone: HD O7
HD O8
