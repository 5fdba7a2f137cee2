--TEST--
the client says on the wire what was recorded, byte for byte
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/../conformance/client.inc';

$recorded = array_column(read_recording()['client'], null, 'name');
foreach (conversations() as $conversation) {
    echo $conversation[0], ': ', compare_client($conversation, $recorded[$conversation[0]] ?? null), "\n";
}
?>
--EXPECT--
values on one sharedanced: as recorded
values on one memcached: as recorded
values on one old memcached: as recorded
values on one classic: as recorded
values on two sharedanced: as recorded
values on two memcached: as recorded
values on two old memcached: as recorded
values on two classic: as recorded
values on sharedanced and classic: as recorded
values without redundancy: as recorded
values, the first server down: as recorded
values, the second server down: as recorded
values, connections not kept: as recorded
copies that differ, on sharedanced: as recorded
copies that differ, on memcached: as recorded
copies that are not proven: as recorded
copies, the first asked alone: as recorded
sessions on one sharedanced: as recorded
sessions on one old memcached: as recorded
sessions on two sharedanced: as recorded
sessions on two memcached: as recorded
sessions on two classic: as recorded
sessions without locks: as recorded
sessions, the first server down: as recorded
sessions, the second server down: as recorded
sessions whose copies differ: as recorded
sessions whose copies are not proven: as recorded
