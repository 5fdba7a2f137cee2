--TEST--
a lock given back among writes that are lost is answered as given back, once
--SKIPIF--
<?php
require __DIR__ . '/server.inc';
skip_unless_sharedanced();
skip_unless_mount_namespace();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

/* A disk that is full has the commit fail, and the turn's requests are carried out once more. */
$disk = scratch() . '/disk';
mkdir($disk);
start_by('exec unshare -m sh -c \'mount -t tmpfs -o size=2m,mode=0700 none "$0" && exec "$@"\' ' . escapeshellarg($disk) . ' "$@"');
$server = new TestServer([], $disk);
$socket = open_meta($server);
$value = value_of('value', 50000);
for ($i = 0, $answer = "HD\r\n"; $i < 100 && $answer === "HD\r\n"; $i++) {
    $answer = meta($socket, "ms key$i 50000\r\n$value\r\n");
}
echo 'full: ', $answer;
$refused = "ms more 50000\r\n$value\r\n";

echo 'given back behind a write: ', meta($socket, "ml k T600\r\n"), meta($socket, $refused . "mu k O1\r\n", 2);
echo 'twice: ', meta($socket, "ml k T600\r\n"), meta($socket, $refused . "mu k O1\r\nmu k O2\r\n", 3);
echo 'taken again: ', meta($socket, "ml k T600\r\n"), meta($socket, $refused . "mu k O1\r\nml k O2\r\n", 3);
$other = open_meta($server);
echo 'by who has it: ', meta($other, "ml k\r\n");
fwrite($other, "ml k W60000 O3\r\n");
round_trip($server);
echo 'and handed on: ', meta($socket, $refused . "mu k O1\r\n", 2), fgets($other), meta($socket, "ml k\r\n");
echo 'all of it in one: ', meta($other, "mu k\r\n"), meta($socket, "ml k O1\r\n{$refused}mu k O2\r\n", 3), meta($other, "ml k\r\n");
?>
--EXPECT--
full: SERVER_ERROR the store is full: No space left on device
given back behind a write: HD
SERVER_ERROR the store is full: No space left on device
HD O1
twice: HD
SERVER_ERROR the store is full: No space left on device
HD O1
NF O2
taken again: HD
SERVER_ERROR the store is full: No space left on device
HD O1
HD O2
by who has it: NS
and handed on: SERVER_ERROR the store is full: No space left on device
HD O1
HD O3
NS
all of it in one: HD
HD O1
SERVER_ERROR the store is full: No space left on device
HD O2
HD
