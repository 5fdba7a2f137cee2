--TEST--
a session that did not change is prolonged and stored again where it is gone
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

ini_set('session.gc_maxlifetime', '1000');
$servers = servers(2);
use_servers($servers);
[$first, $second] = owners($servers, pool($servers, true), 'id');
visit('id', function () {
    $_SESSION['n'] = 1;
});
var_dump(lives($first, 'id', 1000), lives($second, 'id', 1000));
$version = meta_line($first, 'mg id c');

echo "prolonged on both\n";
ini_set('session.gc_maxlifetime', '5000');
visit('id');
var_dump(lives($first, 'id', 5000), lives($second, 'id', 5000), meta_line($first, 'mg id c') === $version);

echo "without lazy_write it is written\n";
ini_set('session.lazy_write', '0');
visit('id');
ini_set('session.lazy_write', '1');
var_dump(lives($second, 'id', 5000), meta_line($first, 'mg id c') !== $version);

echo "gone meanwhile it is stored again\n";
foreach ([[$first], [$second], [$first, $second]] as $losers) {
    start('id');
    $version = meta_line($first, 'mg id c');
    array_map(lose_data(...), $losers);
    session_write_close();
    echo entry($first, 'id'), ' ', entry($second, 'id'), ' ';
    var_dump(meta_line($first, 'mg id c') === $version, lives($second, 'id', 5000));
}
echo "deleted meanwhile it is not\n";
start('id');
pool($servers, true)->delete('id');
session_write_close();
var_dump(entry($first, 'id'), entry($second, 'id'));
echo "but what changed is\n";
visit('id', function () {
    $_SESSION['n'] = 1;
});
start('id');
pool($servers, true)->delete('id');
$_SESSION['n'] = 2;
session_write_close();
var_dump(entry($first, 'id'), entry($second, 'id'));
echo "an empty new one is stored, so that strict mode knows it\n";
visit('new');
var_dump(entry($first, 'new'), entry($second, 'new'));
?>
--EXPECT--
bool(true)
bool(true)
prolonged on both
bool(true)
bool(true)
bool(true)
without lazy_write it is written
bool(true)
bool(true)
gone meanwhile it is stored again
n|i:1; n|i:1; bool(true)
bool(true)
n|i:1; n|i:1; bool(true)
bool(true)
n|i:1; n|i:1; bool(true)
bool(true)
deleted meanwhile it is not
NULL
NULL
but what changed is
string(6) "n|i:2;"
string(6) "n|i:2;"
an empty new one is stored, so that strict mode knows it
string(0) ""
string(0) ""
