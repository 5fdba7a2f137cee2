--TEST--
ids are checked as the files handler checks them
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
foreach (['a-Z,9', 'a b', 'a/b', "a\tb", 'a.b', 'a_b', str_repeat('x', 250), str_repeat('x', 254), str_repeat('x', 255), str_repeat('x', 256), str_repeat('x', 257)] as $id) {
    echo strlen($id) < 10 ? json_encode($id) : strlen($id) . ' bytes', ': ';
    var_dump(visit($id, function () {
        $_SESSION['n'] = 1;
        return true;
    }));
}
var_dump(entry($server, str_repeat('x', 254)));
echo "with a prefix\n";
ini_set('sharedance.session.prefix', 'prefix:');
var_dump(start(str_repeat('x', 254)));
?>
--EXPECT--
"a-Z,9": bool(true)
"a b": bool(true)
"a\/b": Warning: session_start(): The session's id must be of 1 to 256 bytes, each a letter, a digit, a comma or a hyphen
Warning: session_start(): Failed to read session data: sharedance (path: tcp://127.0.0.1:PORT)
bool(false)
"a\tb": bool(true)
"a.b": Warning: session_start(): The session's id must be of 1 to 256 bytes, each a letter, a digit, a comma or a hyphen
Warning: session_start(): Failed to read session data: sharedance (path: tcp://127.0.0.1:PORT)
bool(false)
"a_b": Warning: session_start(): The session's id must be of 1 to 256 bytes, each a letter, a digit, a comma or a hyphen
Warning: session_start(): Failed to read session data: sharedance (path: tcp://127.0.0.1:PORT)
bool(false)
250 bytes: bool(true)
254 bytes: bool(true)
255 bytes: Warning: session_start(): Sharedance failed to read the session (read, after N ms, 0 bytes): its id, with the prefix, must be at most 254 bytes long, 255 given
Warning: session_start(): Failed to read session data: sharedance (path: tcp://127.0.0.1:PORT)
bool(false)
256 bytes: Warning: session_start(): Sharedance failed to read the session (read, after N ms, 0 bytes): its id, with the prefix, must be at most 254 bytes long, 256 given
Warning: session_start(): Failed to read session data: sharedance (path: tcp://127.0.0.1:PORT)
bool(false)
257 bytes: Warning: session_start(): The session's id must be of 1 to 256 bytes, each a letter, a digit, a comma or a hyphen
Warning: session_start(): Failed to read session data: sharedance (path: tcp://127.0.0.1:PORT)
bool(false)
string(6) "n|i:1;"
with a prefix
Warning: session_start(): Sharedance failed to read the session (read, after N ms, 0 bytes): its id, with the prefix, must be at most 254 bytes long, 261 given
Warning: session_start(): Failed to read session data: sharedance (path: tcp://127.0.0.1:PORT)
bool(false)
