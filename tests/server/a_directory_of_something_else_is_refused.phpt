--TEST--
a directory whose data is no store, or damaged, is refused, and left as it was
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$directory = scratch() . '/data';
mkdir($directory, 0700);
foreach (['no store' => str_repeat("something else\n", 10000), 'short' => 'x'] as $what => $bytes) {
    file_put_contents("$directory/data.mdb", $bytes);
    echo "$what: ";
    report_refusal(['--port=0', "--directory=$directory"]);
    fact('left as it was', file_get_contents("$directory/data.mdb") === $bytes);
}
?>
--EXPECT--
no store: refused: [ERROR] the store in SCRATCH/data cannot be opened: MDB_INVALID: File is not an LMDB file
left as it was: yes
short: refused: [ERROR] the store in SCRATCH/data cannot be opened: MDB_INVALID: File is not an LMDB file
left as it was: yes
