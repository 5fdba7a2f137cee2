--TEST--
a mutex of add() and delete() lets one in at a time, while servers and processes are killed
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--FILE--
<?php
/* The short form; scripts/soak has the long one. */
require __DIR__ . '/mutex.inc';

$figures = mutex(seconds: 8, workers: 6);
$verdict = mutex_verdict($figures);
echo $verdict === '' ? "as it must be\n" : mutex_report($figures) . $verdict;
?>
--EXPECT--
as it must be
