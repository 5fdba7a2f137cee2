--TEST--
a server that answers half: fails, and the other one goes on
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--INI--
sharedance.timeout=4
--FILE--
<?php
require __DIR__ . '/row.inc';

/* Some bytes of an answer come in time, the rest does not. An increment cannot tell that from a lock that
 * somebody has, and waits for it as long as it may. */
$file = scratch() . '/half';
row(
    function (Pool $pool) use ($file) {
        touch($file);
    },
    ['holds', $file, '5'],
    timeout: 0.5,
    then: function (Pool $pool) use ($file) {
        unlink($file);
        return 'in order again: ' . operations($pool->cache, fn ($name) => "$name-again");
    }
);
?>
--EXPECT--
one server: set fails, get fails, delete fails, increment fails, session does not start
  in order again: set 1, get false, delete false, increment false, session 1
two, its first: set 1, get "old", delete true, increment 6, session 6
  in order again: set 2, get false, delete false, increment false, session 1
two, its second: set 1, get "old", delete true, increment 6, session 6
  in order again: set 2, get false, delete false, increment false, session 1
four, its first: set 1, get "old", delete true, increment 6, session 6
  in order again: set 2, get false, delete false, increment false, session 1
four, its second: set 1, get "old", delete true, increment 6, session 6
  in order again: set 2, get false, delete false, increment false, session 1
