--TEST--
a server killed between request and answer is a failed write
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/../helper.inc';

$cache = new Sharedance();
$dies = new BrokenServer('dies');
$cache->addServer($dies->object());
report(fn () => $cache->set('k', 'v'));
$dies->process->wait();
report(fn () => $cache->get('k'));

/* with redundancy the other server has it */
$up = new TestServer();
$dies = new BrokenServer('dies');
$cache = new Sharedance(true);
$cache->addServer($up->object());
$cache->addServer($dies->object());
var_dump($cache->set('k', 'v'), $cache->get('k'));
?>
--EXPECT--
SharedanceConnectionException: Failed to write data to [127.0.0.1:PORT] "closed without an answer, and so was a connection with a classic store"
SharedanceConnectionException: Failed to connect on [127.0.0.1:PORT] "Connection refused"
int(1)
string(1) "v"
