--TEST--
a backup has the long values of its commit, though they are overwritten and deleted while it is taken
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/backup.inc';

/* The file of values is copied after the B-tree. The backup stands still between the two, until all of its values
 * were replaced or deleted, and more was written than the places of all of them. */

const COUNT = 300;
const LENGTH = 65536;

$server = new TestServer();
$target = scratch() . '/backup';
fill($server, COUNT, LENGTH);
wait_until_committed($server);
for ($attempt = 0, $copied = COUNT; $copied > COUNT / 4 && $attempt < 100; $attempt++) {
    isset($backup) && $backup->kill();
    $backup = stopped_backup($server, $target);
    clearstatcache();
    $copied = (int) @filesize("$target.partial/sharedanced.values") / LENGTH;
}
fact('most of the values are not copied yet', $copied <= COUNT / 4);
$socket = open_meta($server);
for ($i = 0; $i < COUNT; $i += 2) {
    meta($socket, "md key$i\r\n");
}
for ($round = 1; $round <= 3; $round++) {
    fact('no store is refused', fill($server, COUNT, LENGTH, "new$round-") === 0 && fill($server, COUNT, LENGTH - $round) === 0);
    wait_until_committed($server);
}
$backup->signal(GO_ON);
fact('the backup is whole', $backup->wait() === 0);

$restored = new TestServer([], $target);
fact('it has what there was', count_filled($restored, COUNT, LENGTH) === COUNT);
fact('and nothing later', count_filled($restored, COUNT, LENGTH, 'new1-') === 0);
fact('it takes writes', fill($restored, COUNT, LENGTH, 'more') === 0);
fact('which spoil nothing', count_filled($restored, COUNT, LENGTH) === COUNT);
$restored->stop();
$restored->start();
fact('nor after a start', count_filled($restored, COUNT, LENGTH) === COUNT);
$restored->stop();

fact('the server that was copied goes on', count_filled($server, COUNT, LENGTH - 3, proven: true) === COUNT);
wait_until_committed($server);
clearstatcache();
$size = filesize("$server->directory/sharedanced.values");
fill($server, COUNT, LENGTH - 4);
wait_until_committed($server);
clearstatcache();
fact('the places are used again', filesize("$server->directory/sharedanced.values") <= $size);
?>
--EXPECT--
most of the values are not copied yet: yes
no store is refused: yes
no store is refused: yes
no store is refused: yes
the backup is whole: yes
it has what there was: yes
and nothing later: yes
it takes writes: yes
which spoil nothing: yes
nor after a start: yes
the server that was copied goes on: yes
the places are used again: yes
