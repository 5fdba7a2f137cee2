--TEST--
a version of the far future is refused, freezes no key, and never becomes the server's own
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

const REFUSED = "CLIENT_ERROR version is too far in the future\r\n";
const HOUR = 3600 * 1000000;

function version(string $answer): int|float
{
    return preg_match('/ c(\d+)\r\n/', $answer, $match) === 1 ? +$match[1] : 0;
}

$server = new TestServer();
$socket = open_meta($server);
$now = time() * 1000000;
$versions = ['18446744073709551615', '9223372036854775807', '9223372036854775808', (string) ($now + 30 * HOUR)];
foreach ($versions as $version) {
    $all = meta($socket, "ms k 4 E$version T0 c\r\nmn\r\n\r\n") . meta($socket, "ms k 4 E$version G O1\r\nmn\r\n\r\n")
        . meta($socket, "md k E$version\r\n") . meta($socket, "md k E$version T600 G q\r\n")
        . meta($socket, "ma k N0 E$version\r\n") . meta($socket, "mg k N60 E$version v\r\n") . meta($socket, "mn\r\n");
    fact('everything with a version too far ahead is refused', $all === str_repeat(REFUSED, 6) . "MN\r\n");
}
echo 'nothing is there: ', meta($socket, "mg k c G\r\n");
echo 'bad data is told first: ', meta($socket, "ms k 1 E$versions[0]\r\nxyz", 1);
$socket = open_meta($server);
echo 'what an honest client may be ahead: ', meta($socket, 'ms k 1 T0 E' . $now + 23 * HOUR . "\r\nx\r\n");
$first = version(meta($socket, "ms k 1 T0 c\r\ny\r\n"));
fact('a write after that is newer', $first > $now + 23 * HOUR);
fact('and so is the next', version(meta($socket, "ms k 1 T0 c\r\nz\r\n")) > $first);
echo 'compared with one that is not its own: ', meta($socket, "ms k 1 C$versions[0]\r\nz\r\n");

/* what the write-ahead log has of it does not move the server's clock */
$server->kill();
$server->start();
$socket = open_meta($server);
fact('no version is beyond 24 hours from now', version(meta($socket, "ms new 1 c\r\nx\r\n")) < microtime(true) * 1e6 + 24 * HOUR);
?>
--EXPECT--
everything with a version too far ahead is refused: yes
everything with a version too far ahead is refused: yes
everything with a version too far ahead is refused: yes
everything with a version too far ahead is refused: yes
nothing is there: EN U
bad data is told first: CLIENT_ERROR bad data chunk
what an honest client may be ahead: HD
a write after that is newer: yes
and so is the next: yes
compared with one that is not its own: EX
no version is beyond 24 hours from now: yes
