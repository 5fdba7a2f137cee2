--TEST--
session gc returns a count
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/session.inc';

use_servers([new TestServer()]);
start('id');
var_dump(session_gc());
session_abort();
ini_set('session.gc_probability', '1');
ini_set('session.gc_divisor', '1');
var_dump(visit('id'));
?>
--EXPECT--
int(0)
array(0) {
}
