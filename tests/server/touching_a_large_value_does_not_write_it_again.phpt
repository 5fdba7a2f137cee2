--TEST--
touching a large value does not write it again
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer(['--sync=never', '--core']); /* whose /proc can be read, then */
$socket = open_meta($server);
$value = str_repeat('v', 5 << 20);
echo meta($socket, 'ms large ' . strlen($value) . " T100\r\n$value\r\n");

/* what the process gave to the system to write, in bytes */
function written(TestServer $server): int
{
    preg_match('/^wchar: (\d+)/m', file_get_contents("/proc/{$server->process->pid}/io"), $match);
    return (int) $match[1];
}
$before = written($server);
for ($i = 0; $i < 100; $i++) {
    meta($socket, "mg large T200\r\n");
}
fact('a hundred touches write less than the value once', written($server) - $before < strlen($value));
echo meta($socket, "mg large t s\r\n");
?>
--EXPECT--
HD
a hundred touches write less than the value once: yes
HD t200 s5242880
