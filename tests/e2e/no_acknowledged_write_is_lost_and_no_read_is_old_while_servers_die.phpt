--TEST--
no acknowledged write is lost and no read is old while servers die
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
require __DIR__ . '/chaos.inc';

[$checker, $figures] = chaos(seconds: 8, keys: 300);
echo chaos_report($checker, $figures);
?>
--EXPECTF--
%d kills, %d of them as soon as the one before was up
%d operations
%A
%d reads checked against %d writes
not promised: %d reads went behind what another had read, %d refused values were seen
0 cannot have been so
