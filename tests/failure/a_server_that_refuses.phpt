--TEST--
a server that refuses: fails at once, and the other one goes on
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--INI--
sharedance.retry_interval=1000
--FILE--
<?php
require __DIR__ . '/row.inc';

row(fn (Pool $pool) => $pool->faulty->kill());
?>
--EXPECT--
one server: set fails, get fails, delete fails, increment fails, session does not start
two, its first: set 1, get "old", delete true, increment 6, session 6
two, its second: set 1, get "old", delete true, increment 6, session 6
four, its first: set 1, get "old", delete true, increment 6, session 6
four, its second: set 1, get "old", delete true, increment 6, session 6
