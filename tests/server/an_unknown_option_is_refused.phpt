--TEST--
an unknown option, one without its value, and a word that is no option are refused
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

report_refusal(['--no-such-option']);
report_refusal(['-x']);
report_refusal(['--port']);
report_refusal(['--debug=1']);
report_refusal(['--port=0', 'start']);
?>
--EXPECT--
refused: sharedanced: unrecognized option '--no-such-option'
refused: sharedanced: invalid option -- 'x'
refused: sharedanced: option '--port' requires an argument
refused: [ERROR] --debug must be yes or no, "1" given
refused: [ERROR] "start" is not an option
