--TEST--
a deleted entry leaves a tombstone that keeps older writes out
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer(['--expiration=1']);
$socket = open_meta($server);
echo meta($socket, "ms k 5 E1000 T60\r\nvalue\r\n");
echo meta($socket, "md k E2000\r\n");
echo 'a plain client sees none: ', meta($socket, "mg k v c\r\n");
echo 'one that asks sees when: ', meta($socket, "mg k v c G\r\n");
echo 'and so after a restart: ';
fclose($socket);
$server->kill();
$server->start();
$socket = open_meta($server);
echo meta($socket, "mg k c G\r\n");
echo 'an older write is refused: ', meta($socket, "ms k 3 E1500 G\r\nold\r\n");
echo 'deleting again finds none: ', meta($socket, "md k\r\n");
echo 'classic finds none: ', json_encode(request($server, fetch('k'))), json_encode(request($server, delete('k'))), "\n";
echo 'a newer write is taken: ', meta($socket, "ms k 3 E3000 G T60\r\nnew\r\n"), meta($socket, "mg k v c\r\n", 2);

echo "deleting what is not there, with a version\n";
echo meta($socket, "md none E500 T60\r\n"), meta($socket, "mg none c G\r\n"), meta($socket, "ms none 1 E400 G\r\nx\r\n");
echo 'whose key is not text: ', meta($socket, "md DQoA b E500 T60\r\n"), meta($socket, "mg DQoA b k c O1 G\r\n");

/* The entry would have lived for a minute, so does its tombstone; where nothing was, as long as
 * entries do here: a second. Then it is swept like all that expired. */
do { /* a machine that stops for a second here has it expire before it is deleted */
    meta($socket, "ms short 1\r\nx\r\n");
} while (meta($socket, "md short\r\n") !== "HD\r\n");
echo meta($socket, "md k E9000\r\n");
wait_until(fn () => meta($socket, "mg short c G\r\n") === "EN U\r\n", 'the end of a tombstone'); /* after a start */
wait_until(function () use ($socket) {
    fwrite($socket, "stats\r\n");
    for ($items = -1; ($line = fgets($socket)) !== "END\r\n";) {
        $items = str_starts_with($line, 'STAT curr_items ') ? (int) substr($line, 16) : $items;
    }
    return $items === 3; /* k, none and the one that is not text */
}, 'the sweep');
echo 'the other is still there: ', meta($socket, "mg k c G\r\n");
?>
--EXPECT--
HD
HD
a plain client sees none: EN
one that asks sees when: EN c2000
and so after a restart: EN c2000 U
an older write is refused: EX c2000
deleting again finds none: NF
classic finds none: """"
a newer write is taken: HD
VA 3 c3000
new
deleting what is not there, with a version
NF
EN c500
EX c500
whose key is not text: NF
EN kDQoA b c500 O1
HD
the other is still there: EN c9000
