--TEST--
a server that is too slow: one timeout, and the other one goes on
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--INI--
sharedance.retry_interval=1000
sharedance.timeout=1
--FILE--
<?php
require __DIR__ . '/row.inc';

/* No byte of an answer comes in time. It is marked by that only on a new connection: alone, it is asked once more
 * for a write that must not be repeated. */
$file = scratch() . '/slow';
row(
    function (Pool $pool) use ($file) {
        touch($file);
    },
    ['holds', $file, '0'],
    then: function (Pool $pool) use ($file) {
        unlink($file);
        return $pool->cache->getStats()["127.0.0.1:{$pool->relay->port}"]['timeouts'] . ' timeout';
    }
);
?>
--EXPECT--
one server: set fails, get fails, delete fails, increment fails, session does not start
  2 timeout
two, its first: set 1, get "old", delete true, increment 6, session 6
  1 timeout
two, its second: set 1, get "old", delete true, increment 6, session 6
  1 timeout
four, its first: set 1, get "old", delete true, increment 6, session 6
  1 timeout
four, its second: set 1, get "old", delete true, increment 6, session 6
  1 timeout
