--TEST--
what is not a number, or not one that makes sense, is refused, and the option named
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

foreach (['', 'x', '-1', '+1', ' 1', '1 ', '1x', '0x10', '1.5', '99999999999999999999999'] as $value) {
    report_refusal(["--timeout=$value"]);
}
foreach (['backlog=0', 'timeout=0', 'expiration=0', 'expiration=1h', 'readsize=0', 'uid=no-such-user', 'gid=-1',
    'uid=4294967295', 'maxreadsize=9', 'maxreadsize=2G', 'maxsize=1023K', 'maxsize=1X', 'maxsize=1KK',
    'maxsize=99999999T', 'busy-poll=1001', 'sync=', 'sync=sometimes', 'ip=', 'directory=', 'unix-socket='] as $option) {
    report_refusal(["--$option"]);
}
?>
--EXPECTF--
refused: [ERROR] --timeout must be a number between 1 and 2147483, "" given
refused: [ERROR] --timeout must be a number between 1 and 2147483, "x" given
refused: [ERROR] --timeout must be a number between 1 and 2147483, "-1" given
refused: [ERROR] --timeout must be a number between 1 and 2147483, "+1" given
refused: [ERROR] --timeout must be a number between 1 and 2147483, " 1" given
refused: [ERROR] --timeout must be a number between 1 and 2147483, "1 " given
refused: [ERROR] --timeout must be a number between 1 and 2147483, "1x" given
refused: [ERROR] --timeout must be a number between 1 and 2147483, "0x10" given
refused: [ERROR] --timeout must be a number between 1 and 2147483, "1.5" given
refused: [ERROR] --timeout must be a number between 1 and 2147483, "99999999999999999999999" given
refused: [ERROR] --backlog must be a number between 1 and 2147483647, "0" given
refused: [ERROR] --timeout must be a number between 1 and 2147483, "0" given
refused: [ERROR] --expiration must be a number between 1 and 3000000000, "0" given
refused: [ERROR] --expiration must be a number between 1 and 3000000000, "1h" given
refused: [ERROR] --readsize must be a number of bytes between 1 and 16777216, "0" given
refused: [ERROR] --uid must be the name or number of a user, "no-such-user" given
refused: [ERROR] --gid must be the name or number of a group, "-1" given
refused: [ERROR] --uid must be the name or number of a user, "4294967295" given
refused: [ERROR] --maxreadsize must be a number of bytes between 10 and 1073741824, "9" given
refused: [ERROR] --maxreadsize must be a number of bytes between 10 and 1073741824, "2G" given
refused: [ERROR] --maxsize must be a number of bytes between 1048576 and %d, "1023K" given
refused: [ERROR] --maxsize must be a number of bytes between 1048576 and %d, "1X" given
refused: [ERROR] --maxsize must be a number of bytes between 1048576 and %d, "1KK" given
refused: [ERROR] --maxsize must be a number of bytes between 1048576 and %d, "99999999T" given
refused: [ERROR] --busy-poll must be a number between 0 and 1000, "1001" given
refused: [ERROR] --sync must be always, interval or never, "" given
refused: [ERROR] --sync must be always, interval or never, "sometimes" given
refused: [ERROR] --ip must be an address, or at most 16 that are separated by commas, "" given
refused: [ERROR] --directory must be a path, "" given
refused: [ERROR] --unix-socket must be a path, "" given
