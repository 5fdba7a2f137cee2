--TEST--
a restart does not prolong an entry's time to live, nor does it end it
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer(['--expiration=3']);

/* found after a restart, unless this machine took its whole life for one */
do {
    $stored_after = microtime(true);
    request($server, store('key', 'value'));
    $stored_before = microtime(true);
    $server->kill();
    $server->start();
    $answer = request($server, fetch('key'));
} while ($answer === '' && microtime(true) > $stored_after + 2.9);
fact('found after a restart', $answer === 'value');

/* it is not forever now, nor what a server with longer lives gives */
$server->stop();
$server = new TestServer(['--expiration=1000'], $server->directory);
$late = false;
wait_until(function () use ($server, $stored_before, &$late) {
    $fetched_after = microtime(true);
    $found = request($server, fetch('key')) !== '';
    $late = $late || $found && $fetched_after > $stored_before + 3.002;
    return !$found;
}, 'the end of the entry');
fact('gone in its time', !$late);
?>
--EXPECT--
found after a restart: yes
gone in its time: yes
