--TEST--
each start is one line with version, addresses, number of entries and directory
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

function started(TestServer $server): string
{
    preg_match_all('/\] (sharedanced .*)/', $server->process->log(), $lines);
    $line = str_replace($server->directory, 'DIRECTORY', implode(' TWICE ', $lines[1]));
    return preg_replace(['/ \d\S*(?= on )/', '/127\.0\.0\.1:\d+/', '/\S*\/socket/', '/\d+ bytes/'], [' VERSION', 'ADDRESS', 'SOCKET', 'N bytes'], $line) . "\n";
}

$server = new TestServer(['--unix-socket=' . scratch() . '/socket', '--port=0']);
echo started($server);
echo meta(open_meta($server), "ms one 1\r\n1\r\nms two 1\r\n2\r\nms three 1\r\n3\r\n", 3);
$server->kill();
$server->start();
echo started($server);
$server->stop();
$server->start();
echo started($server);
$version = explode(' ', run([server_program(), '--version'])[1])[1] ?? '';
fact('it is the version of --version', str_contains($server->process->log(), 'sharedanced ' . trim($version) . ' on '));
?>
--EXPECT--
sharedanced VERSION on SOCKET, ADDRESS, with 0 entries in DIRECTORY
HD
HD
HD
sharedanced VERSION on SOCKET, ADDRESS, with 0 entries and N bytes of recent writes in DIRECTORY
sharedanced VERSION on SOCKET, ADDRESS, with 3 entries in DIRECTORY
it is the version of --version: yes
