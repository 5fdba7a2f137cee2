--TEST--
a backup that is taken while the server is written to has all that was acknowledged before, and is another store
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/backup.inc';

const WRITERS = 2;

$server = new TestServer();
$target = scratch() . '/backup';
meta(open_meta($server), "ms removed 5\r\nvalue\r\nmd removed\r\n", 2);
fill($server, 2000, 1500);
wait_until_committed($server);
fill($server, 200, 20000, 'late'); /* perhaps in the log only */

/* writers that go on while the backup is taken */
$writer = scratch() . '/writer.php';
file_put_contents($writer, '<?php require ' . var_export(__DIR__ . '/backup.inc', true) . ';
    $socket = stream_socket_client($argv[1]);
    for ($i = 0; true; $i++) {
        fwrite($socket, "ms new$argv[2]-$i 2000\r\n" . str_repeat("x", 2000) . "\r\n");
        if (fgets($socket) !== "HD\r\n") exit("refused");
        if ($i === 100) echo "at work\n";
    }');
for ($i = 0; $i < WRITERS; $i++) {
    $writers[] = new Process([PHP_BINARY, '-n', $writer, address($server), (string) $i]);
    $writers[$i]->expect('/at work/');
}
$backup = begin_backup($server, $target);
$status = $backup->wait();
fact('status 0', $status === 0);
fact('and a line', preg_match('/^\[NOTICE\] a backup of .* is complete, in /m', $backup->log()) === 1);
foreach ($writers as $process) {
    fact('no store was refused', $process->running());
    $process->kill();
}
fact('the directory is 0700', (fileperms($target) & 07777) === 0700);
echo implode(' ', array_diff(scandir($target), ['.', '..'])), ' ', decoct(fileperms("$target/data.mdb") & 07777), "\n";
fact('nothing is left beside it', !file_exists("$target.partial"));
fact('a second one there is refused', backup($server, $target) === 1);

mkdir($target . '-2');
fact('an empty directory is taken', backup($server, $target . '-2') === 0 && (fileperms($target . '-2') & 07777) === 0700);

$restored = new TestServer([], $target);
fact('all is there, and unproven', count_filled($restored, 2000, 1500) === 2000 && count_filled($restored, 200, 20000, 'late') === 200);
$socket = open_meta($restored);
fact('what was written meanwhile too', str_starts_with(meta($socket, "mg new0-100 G s\r\n"), 'HD s2000 U'));
fact('what was deleted is not, nor is that proven', meta($socket, "mg removed G\r\n") === "EN U\r\n");
fact('nor what never was', meta($socket, "mg never G\r\n") === "EN U\r\n");
fact('the server that was copied has all proven', count_filled($server, 2000, 1500, proven: true) === 2000);
fact('it takes writes', fill($restored, 100, 100, 'more') === 0);
$restored->stop();

/* the log of one is not the other's */
fill($server, 50, 100, 'last');
$server->kill();
$mixed = scratch() . '/mixed';
mkdir($mixed, 0700);
foreach (["$target/data.mdb", ...glob("$server->directory/sharedanced.wal.*")] as $file) {
    copy($file, "$mixed/" . basename($file));
    chmod("$mixed/" . basename($file), 0600);
}
[$status, , $errors] = run([TestServer::program(), "--directory=$mixed", '--port=0']);
fact('a log of the other store is refused', $status === 1 && str_contains($errors, 'belongs to another data.mdb'));
?>
--EXPECT--
status 0: yes
and a line: yes
no store was refused: yes
no store was refused: yes
the directory is 0700: yes
data.mdb sharedanced.values 600
nothing is left beside it: yes
a second one there is refused: yes
an empty directory is taken: yes
all is there, and unproven: yes
what was written meanwhile too: yes
what was deleted is not, nor is that proven: yes
nor what never was: yes
the server that was copied has all proven: yes
it takes writes: yes
a log of the other store is refused: yes
