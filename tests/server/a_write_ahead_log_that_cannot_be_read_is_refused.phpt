--TEST--
a write-ahead log that cannot be read is refused, and what is in it is there once it can
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer();
$client = open_meta($server);
fact('stored', meta($client, "ms key 5\r\nvalue\r\n") === "HD\r\n");
$server->kill();

/* a pipe, of which no place can be read */
foreach (['sharedanced.wal.1', 'sharedanced.wal.2'] as $name) {
    $file = "$server->directory/$name";
    rename($file, "$file.kept");
    exec('mkfifo -m 600 ' . escapeshellarg($file));
    report_refusal(['--port=0', "--directory=$server->directory"]);
    rename("$file.kept", $file);
}
$server->start();
fact('it is there', meta(open_meta($server), "mg key v\r\n", 2) === "VA 5\r\nvalue\r\n");
?>
--EXPECT--
stored: yes
refused: [ERROR] file SCRATCH/data-1/sharedanced.wal.1 is no regular file
refused: [ERROR] file SCRATCH/data-1/sharedanced.wal.2 is no regular file
it is there: yes
