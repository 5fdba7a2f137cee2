--TEST--
24 values of 31 MiB that are complete, or asked for, at once hold nobody up
--SKIPIF--
<?php
require __DIR__ . '/server.inc';
skip_unless_sharedanced();
if (PHP_INT_SIZE === 4) {
    die('skip with 32 bits the server has no memory for so many');
}
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

const CLIENTS = 24;
const LENGTH = 31 << 20;
const MOST_S = 0.2;
const MOST_PART = 3; /* on a machine that is slow, or has other work: of all the time that it takes */

/* Another client asks all the time until each of the others has so many bytes; its longest wait, and
 * whether that is short. */
function is_anybody_held_up(TestServer $server, array $sockets, int $length): string
{
    $other = open_meta($server);
    $left = array_fill_keys(array_keys($sockets), $length);
    $begin = $asked = microtime(true);
    $worst = 0;
    say($other, "mg short v\r\n");
    while ($sockets) {
        $readable = $sockets + ['other' => $other];
        $none = [];
        if (!stream_select($readable, $none, $none, PATIENCE)) {
            return 'nobody was answered for too long';
        }
        foreach ($readable as $i => $socket) {
            $bytes = fread($socket, 1 << 18);
            if ($i === 'other') {
                $worst = max($worst, microtime(true) - $asked);
                $asked = microtime(true);
                say($other, "mg short v\r\n");
            } elseif ($bytes === '' && feof($socket)) {
                return 'a client was closed';
            } elseif (($left[$i] -= strlen($bytes)) <= 0) {
                unset($sockets[$i]);
            }
        }
    }
    $took = microtime(true) - $begin;
    return $worst < max(MOST_S, $took / MOST_PART) ? 'no'
        : sprintf('yes, for %.0f of %.0f ms', 1000 * $worst, 1000 * $took);
}

putenv('SHAREDANCED'); /* the server as users have it: with a sanitizer one value takes half of the time */
$server = new TestServer(['--memory=2G']);
meta(open_meta($server), "ms short 5\r\nvalue\r\n");
$value = str_repeat('v', LENGTH);
$sockets = [];
for ($i = 0; $i < CLIENTS; $i++) {
    $sockets[$i] = dial($server);
    say($sockets[$i], "ms long-$i " . LENGTH . "\r\n$value");
}
foreach ($sockets as $socket) {
    say($socket, "\r\n");
}
echo 'stored, somebody waits for long: ', is_anybody_held_up($server, $sockets, strlen("HD\r\n")), "\n";
foreach ($sockets as $i => $socket) {
    say($socket, "mg long-$i v\r\n");
}
echo 'read, somebody waits for long: ', is_anybody_held_up($server, $sockets, LENGTH), "\n";
fact('nobody was closed', lines($server, '/closed/') === 0);
?>
--EXPECT--
stored, somebody waits for long: no
read, somebody waits for long: no
nobody was closed: yes
