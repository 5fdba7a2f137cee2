--TEST--
a full store of small entries still replaces them by no larger ones, and deletes them
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

/* Most sessions are small. One that is there already takes no room that it has not. */

foreach ([10, 500, 1024, 1025] as $length) {
    $server = new TestServer(['--maxsize=1M']);
    /* until none of these fits for a while, not just once at the end of a page */
    $last = $refused = 0;
    for ($i = 0; $i < 20000 && $refused < 20; $i++) {
        if (request($server, store("key-$i", value_of('old', $length))) === "OK\n") {
            $last = $i;
            $refused = 0;
        } else {
            $refused++;
        }
    }
    fact("$length: full", $refused === 20);
    for ($replaced = $i = 0; $i < 20; $i++) {
        $replaced += request($server, store("key-$i", value_of('new', $length))) === "OK\n"
            && request($server, fetch("key-$i")) === value_of('new', $length);
    }
    fact("$length: replaced", $replaced === 20);
    for ($deleted = $i = 0; $i < 20; $i++) {
        $deleted += request($server, delete("key-$i")) === "OK\n" && request($server, fetch("key-$i")) === '';
    }
    fact("$length: deleted", $deleted === 20);
    fact("$length: the others are there", request($server, fetch("key-$last")) === value_of('old', $length));
    $server->stop();
}
?>
--EXPECT--
10: full: yes
10: replaced: yes
10: deleted: yes
10: the others are there: yes
500: full: yes
500: replaced: yes
500: deleted: yes
500: the others are there: yes
1024: full: yes
1024: replaced: yes
1024: deleted: yes
1024: the others are there: yes
1025: full: yes
1025: replaced: yes
1025: deleted: yes
1025: the others are there: yes
