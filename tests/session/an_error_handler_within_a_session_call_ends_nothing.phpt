--TEST--
an error handler within a session call ends nothing
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

call_within_writes([
    'session_abort()' => fn () => session_abort(),
    'close()' => fn ($handler) => $handler->close(),
    'open()' => fn ($handler) => $handler->open(session_save_path(), 'x'),
    'read()' => fn ($handler) => $handler->read('id'),
    'write()' => fn ($handler) => $handler->write('id', 'n|i:5;'),
    'destroy()' => fn ($handler) => $handler->destroy('id'),
    'write() of another' => fn ($handler) => $handler->write('other', 'n|i:5;'),
    'an exception' => fn () => throw new LogicException('thrown'),
]);
?>
--EXPECT--
the save handler
  session_abort(): called
  close(): A session cannot be used from within its own operation
  open(): A session cannot be used from within its own operation
  read(): A session cannot be used from within its own operation
  write(): A session cannot be used from within its own operation
  destroy(): A session cannot be used from within its own operation
  write() of another: A session cannot be used from within its own operation
  an exception: called, thrown
the class
  session_abort(): called
  close(): A session cannot be used from within its own operation
  open(): A session cannot be used from within its own operation
  read(): A session cannot be used from within its own operation
  write(): A session cannot be used from within its own operation
  destroy(): A session cannot be used from within its own operation
  write() of another: A session cannot be used from within its own operation
  an exception: called, thrown
