--TEST--
after a power cut nothing is proven, in whichever life of the store it was written
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

/* A power cut may go back to before the store's life had its number on disk: no entry that is left is of
 * the life that begins then. */

$image = start_on_own_disk();
$server = new TestServer();
$cuts = [];
for ($life = 1; $life <= 3; $life++) {
    $take = function (string $when) use (&$cuts, $life, $server, $image) {
        $cuts["life $life, $when"] = scratch() . "/cut-$life-" . count($cuts);
        cut_power($server->directory, $image, end($cuts), 0);
    };
    wait_until_committed($server);
    $take('nothing written');
    meta(open_meta($server), "ms key$life 1 E$life\r\nx\r\n");
    $take('written a moment ago');
    wait_until_committed($server);
    $take('written');
    $server->kill();
    $server->start();
}
$server->kill();

foreach ($cuts as $when => $directory) {
    echo "$when:";
    for ($start = 0; $start < 2; $start++) {
        $server = new TestServer([], $directory);
        $socket = open_meta($server);
        $unproven = 0;
        for ($life = 1; $life <= 3; $life++) {
            $unproven += str_ends_with(trim(meta($socket, "mg key$life c G\r\n")), ' U');
        }
        echo " $unproven of 3 are unproven,";
        /* from a write on it goes on as ever */
        echo ' ', trim(meta($socket, "ms anew 1\r\nx\r\nmg anew G\r\n", 2) === "HD\r\nHD\r\n" ? 'proven' : 'NOT PROVEN'), ';';
        $server->kill();
    }
    echo "\n";
}
?>
--EXPECT--
life 1, nothing written: 3 of 3 are unproven, proven; 3 of 3 are unproven, proven;
life 1, written a moment ago: 3 of 3 are unproven, proven; 3 of 3 are unproven, proven;
life 1, written: 3 of 3 are unproven, proven; 3 of 3 are unproven, proven;
life 2, nothing written: 3 of 3 are unproven, proven; 3 of 3 are unproven, proven;
life 2, written a moment ago: 3 of 3 are unproven, proven; 3 of 3 are unproven, proven;
life 2, written: 3 of 3 are unproven, proven; 3 of 3 are unproven, proven;
life 3, nothing written: 3 of 3 are unproven, proven; 3 of 3 are unproven, proven;
life 3, written a moment ago: 3 of 3 are unproven, proven; 3 of 3 are unproven, proven;
life 3, written: 3 of 3 are unproven, proven; 3 of 3 are unproven, proven;
