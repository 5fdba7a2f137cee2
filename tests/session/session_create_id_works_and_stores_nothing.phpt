--TEST--
session create id works and stores nothing
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

$server = new TestServer();
use_servers([$server]);
foreach (['0', '1'] as $strict) {
    ini_set('session.use_strict_mode', $strict);
    var_dump(is_new_id(session_create_id()));
    session_id('');
    session_start();
    $id = session_create_id('prefix-');
    var_dump(is_new_id($id, 'prefix-'), entry($server, $id), is_free($server, $id));
    echo !is_held($server, session_id()) ? "FREE\n" : "ours is held still\n";
    $_SESSION['n'] = 1;
    session_write_close();
    var_dump(entry($server, session_id()));
}
echo "made by hand it locks nothing, either\n";
ini_set('sharedance.session.lock_wait', '0');
$session = new SharedanceSession(pool([$server]));
$session->open('', '');
$id = $session->create_sid();
var_dump(entry($server, $id), is_free($server, $id), $session->validateId($id), is_held($server, $id));
$session->close();
?>
--EXPECT--
bool(true)
bool(true)
NULL
bool(true)
ours is held still
string(6) "n|i:1;"
bool(true)
bool(true)
NULL
bool(true)
ours is held still
string(6) "n|i:1;"
made by hand it locks nothing, either
NULL
bool(true)
bool(false)
bool(true)
