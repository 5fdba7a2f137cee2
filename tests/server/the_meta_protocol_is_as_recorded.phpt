--TEST--
the meta protocol is as recorded, byte for byte, closes included
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/../conformance/meta.inc';

foreach (read_recording()['server'] as $case) {
    echo $case['name'], ': ', replay_case($case), "\n";
}
?>
--EXPECT--
as memcached: reading and storing: as recorded
as memcached: modes and numbers: as recorded
as memcached: compared versions, stale entries and winners: as recorded
as memcached: lives and errors: as recorded
as memcached: errors, flags and spaces: as recorded
as memcached: keys in base64, deletions, winners: as recorded
as memcached: the rest: as recorded
a kept connection: as recorded
what begins a connection: as recorded
other commands: as recorded
what mg tells: as recorded
what ms tells: as recorded
what md tells: as recorded
what ma tells: as recorded
keys: as recorded
errors of flags: as recorded
a value that is too long for its length: as recorded
a line that is too long: as recorded
large values: as recorded
values and requests that are too large: as recorded
a store without room: as recorded
versions that the server chooses: as recorded
only what is newer: as recorded
what is proven, over a restart: as recorded
entries and deaths of an own time: as recorded
locks: as recorded
writes under a lock: as recorded
classic requests in between: as recorded
quiet requests: as recorded
