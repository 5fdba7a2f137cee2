--TEST--
a backup gives up before a store is refused
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/backup.inc';

/* While a backup is read, no page of its commit is used again. The store is nearly full, and what it has is
 * written anew until there are no pages left: then the backup has to go, and no store is refused. */

$server = new TestServer(['--maxsize=48M']);
$target = scratch() . '/backup';
fill($server, 1000, 30000);
$backup = stopped_backup($server, $target);
$rounds = $refused = 0;
wait_until(function () use ($server, &$rounds, &$refused) {
    $refused += fill($server, 1000, 30000);
    $rounds++;
    return lines($server, '/the backup was given up: the store needs the room/') > 0;
}, 'the backup to give up', 200);
fact('not at once', $rounds > 1);
fact('no store was refused', $refused === 0);
fact('the store was never full', lines($server, '/the store is FULL/') === 0);
$backup->signal(GO_ON);
fact('status 1, and it says why', $backup->wait() === 1 && str_contains($backup->log(), 'the store needs the room'));
fact('there is none', !file_exists($target) && !file_exists("$target.partial"));
fact('its pages are used again', fill($server, 1000, 30000) + fill($server, 1000, 30000) === 0);
fact('the next one is whole', backup($server, $target) === 0);
$restored = new TestServer(['--maxsize=48M'], $target);
fact('it has all', count_filled($restored, 1000, 30000) === 1000);

/* the disk of the store gets short: the server notices before it writes, and the reader before it does */
start_on_own_disk();
disk_fails('room 1000');
$server = new TestServer();
fill($server, 1000, 30000);
wait_until_committed($server);
$backup = stopped_backup($server, $target . '-2');
disk_fails('room 127');
fact('no store is refused', fill($server, 50, 100, 'more') === 0);
$server->process->expect('/the backup was given up: the disk of the store is running out of room/');
disk_fails('room 1000');
$backup->signal(GO_ON);
fact('the backup is given up', $backup->wait() === 1 && str_contains($backup->log(), 'running out of room'));
fact('there is none', !file_exists("$target-2") && !file_exists("$target-2.partial"));
disk_fails('room 127');
$backup = begin_backup($server, $target . '-2');
fact('nor is another one begun', $backup->wait() === 1 && str_contains($backup->log(), 'too little room'));
disk_fails('room 1000');
$backup = stopped_backup($server, $target . '-2');
disk_fails('room 127');
$backup->signal(GO_ON);
fact('the reader leaves the room', $backup->wait() === 1 && str_contains($backup->log(), 'needs the rest of its disk'));
disk_fails('room 1000');
fact('with room it is whole', backup($server, $target . '-2') === 0);

/* what is in the log alone is in no backup, so there is none */
$server = new TestServer();
disk_fails('data 28');
fill($server, 50, 100);
wait_until(fn () => lines($server, '/the store is FULL/') > 0, 'the store to notice');
$backup = begin_backup($server, scratch() . '/full');
fact('a store that is FULL: status 1', $backup->wait() === 1 && str_contains($backup->log(), 'No space left on device'));
disk_fails('');
wait_until(fn () => lines($server, '/the store is OK again/') > 0, 'the store to heal');
fact('once it is well: status 0', backup($server, scratch() . '/full') === 0);
$restored = new TestServer([], scratch() . '/full');
fact('it has all', count_filled($restored, 50, 100) === 50);
?>
--EXPECT--
not at once: yes
no store was refused: yes
the store was never full: yes
status 1, and it says why: yes
there is none: yes
its pages are used again: yes
the next one is whole: yes
it has all: yes
no store is refused: yes
the backup is given up: yes
there is none: yes
nor is another one begun: yes
the reader leaves the room: yes
with room it is whole: yes
a store that is FULL: status 1: yes
once it is well: status 0: yes
it has all: yes
