--TEST--
session reset knows its own lock
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

foreach ([1, 2] as $count) {
    $servers = servers($count);
    use_servers($servers);
    ini_set('sharedance.session.lock_wait', '0');
    visit('id', function () {
        $_SESSION['n'] = 1;
    });
    foreach (['0', '1'] as $strict) {
        ini_set('session.use_strict_mode', $strict);
        start('id');
        $_SESSION['n'] = 'forgotten';
        var_dump(session_reset());
        echo $_SESSION['n'], ' ', !is_held($servers[0], 'id') ? 'FREE' : 'held';
        $_SESSION['n']++;
        session_write_close();
        echo ' ', entry($servers[0], 'id'), ' ', is_free($servers[0], 'id') ? 'free' : 'HELD', "\n";
    }
    ini_set('session.use_strict_mode', '0');
}
?>
--EXPECT--
bool(true)
1 held n|i:2; free
bool(true)
2 held n|i:3; free
bool(true)
1 held n|i:2; free
bool(true)
2 held n|i:3; free
