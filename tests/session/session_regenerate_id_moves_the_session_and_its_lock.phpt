--TEST--
session regenerate id moves the session and its lock
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

foreach (['0', '1'] as $strict) {
    echo "strict mode $strict\n";
    $servers = servers(2);
    use_servers($servers);
    ini_set('session.use_strict_mode', '0');
    visit('old', function () {
        $_SESSION['n'] = 1;
    });
    ini_set('session.use_strict_mode', $strict);
    foreach ([false, true] as $delete) {
        start('old');
        $_SESSION['n']++;
        var_dump(session_regenerate_id($delete));
        $new = session_id();
        var_dump($new !== 'old', is_new_id($new), entry($servers[0], 'old'), entry($servers[1], 'old'));
        var_dump(is_free($servers[0], 'old'), is_held($servers[0], $new));
        $_SESSION['m'] = 1;
        session_write_close();
        var_dump(entry($servers[0], $new), entry($servers[1], $new), is_free($servers[1], $new));
    }
}
?>
--EXPECT--
strict mode 0
bool(true)
bool(true)
bool(true)
string(6) "n|i:2;"
string(6) "n|i:2;"
bool(true)
bool(true)
string(12) "n|i:2;m|i:1;"
string(12) "n|i:2;m|i:1;"
bool(true)
bool(true)
bool(true)
bool(true)
NULL
NULL
bool(true)
bool(true)
string(12) "n|i:3;m|i:1;"
string(12) "n|i:3;m|i:1;"
bool(true)
strict mode 1
bool(true)
bool(true)
bool(true)
string(6) "n|i:2;"
string(6) "n|i:2;"
bool(true)
bool(true)
string(12) "n|i:2;m|i:1;"
string(12) "n|i:2;m|i:1;"
bool(true)
bool(true)
bool(true)
bool(true)
NULL
NULL
bool(true)
bool(true)
string(12) "n|i:3;m|i:1;"
string(12) "n|i:3;m|i:1;"
bool(true)
