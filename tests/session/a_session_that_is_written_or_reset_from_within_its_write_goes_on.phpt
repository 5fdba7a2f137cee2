--TEST--
a session that is written or reset from within its own write, by an error handler, goes on
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--INI--
sharedance.timeout=1
sharedance.connect_timeout=1
sharedance.retry_interval=0
display_errors=0
--FILE--
<?php
require __DIR__ . '/within-writes.inc';

/* PHP refuses to call a user's handler from within itself, and does not free what it wanted to hand over. A debug
 * build of PHP reports that, whosever handler it is. */
@ini_set('report_memleaks', '0');
call_within_writes([
    'session_write_close()' => fn () => session_write_close(),
    'session_reset()' => fn () => session_reset(),
]);
?>
--EXPECT--
the save handler
  session_write_close(): A session cannot be used from within its own operation
  session_reset(): A session cannot be used from within its own operation
the class
  session_write_close(): A session cannot be used from within its own operation
  session_reset(): A session cannot be used from within its own operation
