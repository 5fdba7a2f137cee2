--TEST--
a client that asks on and does not read the answers is disconnected after the timeout
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

/* A unix socket takes some 200 KB that nobody reads: most of the answer waits, and the server goes on
 * reading, for there is room for more answers. */
$path = scratch() . '/s';
$server = new TestServer(['--timeout=1', "--unix-socket=$path"]);
request("unix://$path", store('large', value_of('large', 1000000)));

$socket = dial("unix://$path");
say($socket, "mg large v\r\n");
fact('it begins to be answered', hear($socket, 10) === "VA 1000000");
wait_until(function () use ($path, $socket) {
    round_trip("unix://$path");
    return !say($socket, "mn\r\n");
}, 'its end');
fact('by one line', lines($server, '/disconnected by --timeout in the middle of an answer \(\d+ bytes left\)/') === 1);
?>
--EXPECT--
it begins to be answered: yes
by one line: yes
