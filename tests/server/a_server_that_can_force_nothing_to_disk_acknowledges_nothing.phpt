--TEST--
a server that can force nothing to disk serves reads and acknowledges nothing, and writes when the disk is well
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

const STORE = "ms key 5\r\nvalue\r\n";
const REFUSED = "SERVER_ERROR the store failed: the write-ahead log cannot be forced to disk\r\n";

/* The process that finds it out ends. The next one has no other way, either: what it acknowledged would
 * be lost with the power, however long ago that was. */
start_on_own_disk(false);
disk_fails('');
$server = new TestServer();
fact('a value is stored', meta(open_meta($server), STORE) === "HD\r\n");
wait_until_committed($server);
disk_fails('sync-data 5 sync-wal 5');
fact('it takes one more, or not', in_array(meta(open_meta($server), STORE), ["HD\r\n", REFUSED], true));
wait_until(fn () => !$server->process->running(), 'the server to end');

$server->start();
$client = open_meta($server);
wait_until(fn () => meta($client, STORE) === REFUSED, 'stores to be refused');
for ($i = 0; $i < 20; $i++) {
    usleep(100000);
    if (meta($client, STORE) !== REFUSED) {
        echo "one is taken\n";
    }
}
fact('a deletion is refused, too', meta($client, "md key\r\n") === REFUSED);
fact('it serves what there is', meta($client, "mg key v\r\n", 2) === "VA 5\r\nvalue\r\n");
disk_fails('sync-data 5');
usleep(500000);
fact('what was not forced to disk stays so', meta($client, STORE) === REFUSED);

disk_fails('');
wait_until(fn () => meta($client, STORE) === "HD\r\n", 'the disk to be found well', 5);
$server->kill();
$server->start();
fact('all is there', meta(open_meta($server), "mg key v\r\n", 2) === "VA 5\r\nvalue\r\n");
?>
--EXPECT--
a value is stored: yes
it takes one more, or not: yes
a deletion is refused, too: yes
it serves what there is: yes
what was not forced to disk stays so: yes
all is there: yes
