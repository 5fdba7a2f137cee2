--TEST--
what is older than a write that the disk refused, alone or among others of its tick, is told as unproven
--SKIPIF--
<?php
require __DIR__ . '/server.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

start_on_own_disk(false);
disk_fails('');
$server = new TestServer();
$socket = open_meta($server);
$set = fn (string $key, int $version) => "ms $key 5 T500 E$version G\r\nvalue\r\n";

foreach (['alone', 'first', 'second', 'bystander'] as $key) {
    fact("$key is stored", meta($socket, $set($key, 100)) === "HD\r\n");
}
disk_fails('wal 28'); /* ENOSPC */
fact('alone is refused', str_starts_with(meta($socket, $set('alone', 200)), 'SERVER_ERROR'));
/* one tick: what came with it is run again, each with a commit of its own */
$answers = meta($socket, $set('first', 200) . "mg bystander c\r\n" . $set('second', 200), 3);
fact('first and second are refused', substr_count($answers, 'SERVER_ERROR') === 2);
disk_fails('');
foreach (['alone', 'first', 'second', 'bystander'] as $key) {
    echo "$key: ", trim(meta($socket, "mg $key c G\r\n")), "\n";
}
?>
--EXPECT--
alone is stored: yes
first is stored: yes
second is stored: yes
bystander is stored: yes
alone is refused: yes
first and second are refused: yes
alone: HD c100 U
first: HD c100 U
second: HD c100 U
bystander: HD c100
