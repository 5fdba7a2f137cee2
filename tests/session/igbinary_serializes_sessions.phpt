--TEST--
igbinary serializes sessions
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
igbinary
--FILE--
<?php
require __DIR__ . '/session.inc';

$server = new TestServer();
use_servers([$server]);
ini_set('session.serialize_handler', 'igbinary');
visit('id', function () {
    $_SESSION = ['n' => 1, 'list' => [1, 'two', null]];
});
var_dump(visit('id'), bin2hex(substr(entry($server, 'id'), 0, 4)));
?>
--EXPECT--
array(2) {
  ["n"]=>
  int(1)
  ["list"]=>
  array(3) {
    [0]=>
    int(1)
    [1]=>
    string(3) "two"
    [2]=>
    NULL
  }
}
string(8) "00000002"
