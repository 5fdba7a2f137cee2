--TEST--
a full disk is told of in one line that says what it is, however many stores are refused
--SKIPIF--
<?php
require __DIR__ . '/server.inc';
skip_unless_sharedanced();
skip_unless_mount_namespace();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$disk = scratch() . '/disk';
mkdir($disk);
start_by('exec unshare -m sh -c \'mount -t tmpfs -o size=2m,mode=0700 none "$0" && exec "$@"\' ' . escapeshellarg($disk) . ' "$@"');
$server = new TestServer([], $disk);

for ($i = 0, $refused = 0; $i < 1000 && $refused < 20; $i++) {
    $refused += request($server, store("key-$i", value_of("key-$i", 50000))) === '';
}
fact('20 stores are refused', $refused === 20);
fact('one line tells what became of the store', lines($server, '/\[ERROR\] the store is FULL: .*(No space left|disk)/') === 1);
fact('one tells whom it refused', lines($server, '/\[ERROR\].* refused, no room: .*(No space left|disk)/') === 1);
fact('there is no other', lines($server, '/\[ERROR\]/') === 2);
?>
--EXPECT--
20 stores are refused: yes
one line tells what became of the store: yes
one tells whom it refused: yes
there is no other: yes
