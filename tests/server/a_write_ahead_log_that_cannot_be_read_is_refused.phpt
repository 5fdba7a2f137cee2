--TEST--
a journal that cannot be read is refused, and what is in it is there once it can
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer();
$client = open_meta($server);
fact('stored', meta($client, "ms key 5\r\nvalue\r\n") === "HD\r\n");
$server->kill();

/* a pipe can be opened, and no place of it can be read */
foreach (['sharedanced.journal.1', 'sharedanced.journal.2'] as $name) {
    $journal = "$server->directory/$name";
    rename($journal, "$journal.kept");
    exec('mkfifo -m 600 ' . escapeshellarg($journal));
    report_refusal(['--port=0', "--directory=$server->directory"]);
    rename("$journal.kept", $journal);
}
$server->start();
fact('it is there', meta(open_meta($server), "mg key v\r\n", 2) === "VA 5\r\nvalue\r\n");
?>
--EXPECT--
stored: yes
refused: [ERROR] the store in SCRATCH/data-1 cannot be opened: its journal cannot be opened: Illegal seek
refused: [ERROR] the store in SCRATCH/data-1 cannot be opened: its journal cannot be opened: Illegal seek
it is there: yes
