--TEST--
strict mode takes known ids alone
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

$servers = servers(2);
use_servers($servers);
ini_set('session.use_strict_mode', '1');
start('unknown');
$id = session_id();
var_dump($id !== 'unknown', is_new_id($id));
$_SESSION['n'] = 1;
session_write_close();
var_dump(is_free($servers[0], 'unknown'), entry($servers[0], 'unknown'), entry($servers[1], $id));
echo "known\n";
start($id);
var_dump(session_id() === $id, $_SESSION);
session_destroy();
echo "no longer known\n";
start($id);
var_dump(session_id() !== $id, $_SESSION);
session_abort();
echo "one that is none\n";
start('../x');
var_dump(is_new_id(session_id()));
session_abort();
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
NULL
string(6) "n|i:1;"
known
bool(true)
array(1) {
  ["n"]=>
  int(1)
}
no longer known
bool(true)
array(0) {
}
one that is none
bool(true)
