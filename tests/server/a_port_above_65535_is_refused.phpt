--TEST--
a port above 65535 is refused
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

foreach (['65536', '4294967297', 'http', '-1', ''] as $port) {
    report_refusal(["--port=$port"]);
}
report_refusal(['-p', '65536']);
?>
--EXPECT--
refused: [ERROR] --port must be a number between 0 and 65535, "65536" given
refused: [ERROR] --port must be a number between 0 and 65535, "4294967297" given
refused: [ERROR] --port must be a number between 0 and 65535, "http" given
refused: [ERROR] --port must be a number between 0 and 65535, "-1" given
refused: [ERROR] --port must be a number between 0 and 65535, "" given
refused: [ERROR] --port must be a number between 0 and 65535, "65536" given
