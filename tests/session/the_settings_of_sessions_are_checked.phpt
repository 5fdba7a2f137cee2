--TEST--
the settings of sessions are checked
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/session.inc';

foreach (['lock_wait' => ['0', '0.5', '3600', '-1', '3601', 'soon', '', '1s'], 'lock_failure' => ['fail', 'readonly', 'ignore', 'Fail', ''], 'prefix' => ['', 'app:', 'a.b', 'a/b', 'a b', "a\n", "\xff", str_repeat('x', 128), str_repeat('x', 129)], 'locking' => ['0', '1'], 'redundancy' => ['0', '1'], 'read_prolongs' => ['0', '1']] as $name => $values) {
    foreach ($values as $value) {
        echo $name, ' ', strlen($value) > 20 ? strlen($value) . ' bytes' : json_encode($value, JSON_INVALID_UTF8_SUBSTITUTE), ': ';
        echo ini_set("sharedance.session.$name", $value) === false ? "no\n" : "yes\n";
    }
}
?>
--EXPECT--
lock_wait "0": yes
lock_wait "0.5": yes
lock_wait "3600": yes
lock_wait "-1": Warning: sharedance.session.lock_wait must be between 0 and 3600 seconds, '-1' given
no
lock_wait "3601": Warning: sharedance.session.lock_wait must be between 0 and 3600 seconds, '3601' given
no
lock_wait "soon": Warning: sharedance.session.lock_wait must be between 0 and 3600 seconds, 'soon' given
no
lock_wait "": Warning: sharedance.session.lock_wait must be between 0 and 3600 seconds, '' given
no
lock_wait "1s": Warning: sharedance.session.lock_wait must be between 0 and 3600 seconds, '1s' given
no
lock_failure "fail": yes
lock_failure "readonly": yes
lock_failure "ignore": yes
lock_failure "Fail": Warning: sharedance.session.lock_failure must be fail, readonly or ignore, 'Fail' given
no
lock_failure "": Warning: sharedance.session.lock_failure must be fail, readonly or ignore, '' given
no
prefix "": yes
prefix "app:": yes
prefix "a.b": Warning: sharedance.session.prefix must be printable ASCII without spaces, '.' and '/'
no
prefix "a\/b": Warning: sharedance.session.prefix must be printable ASCII without spaces, '.' and '/'
no
prefix "a b": Warning: sharedance.session.prefix must be printable ASCII without spaces, '.' and '/'
no
prefix "a\n": Warning: sharedance.session.prefix must be printable ASCII without spaces, '.' and '/'
no
prefix "\ufffd": Warning: sharedance.session.prefix must be printable ASCII without spaces, '.' and '/'
no
prefix 128 bytes: yes
prefix 129 bytes: Warning: sharedance.session.prefix must be at most 128 bytes long
no
locking "0": yes
locking "1": yes
redundancy "0": yes
redundancy "1": yes
read_prolongs "0": yes
read_prolongs "1": yes
