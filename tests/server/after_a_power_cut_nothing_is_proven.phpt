--TEST--
after a power cut nothing is proven, in whichever life of the store it was written
--FILE--
<?php
require __DIR__ . '/server.inc';

/* A power cut goes back to what was forced to disk a second before: the number of the store's life
 * goes back too, and no record that is left is of the life that begins then. */

$data = fn (string $directory) => file_get_contents("$directory/data.mdb");
$note = fn (string $directory) => file_get_contents("$directory/sharedanced.root");

/* What is on disk when all was forced there. */
$forced = function (TestServer $server) use ($data, $note): array {
    $directory = $server->directory;
    wait_until_committed($server);
    wait_until(fn () => noted_commit($note($directory)) === last_commit($data($directory)), 'all to be on disk');
    return [$data($directory), $note($directory)];
};

$server = new TestServer();
$cuts = [];
for ($life = 1; $life <= 3; $life++) {
    $start = $forced($server);
    $cuts["life $life, nothing written"] = $start;
    meta(open_meta($server), "ms key$life 1 E$life\r\nx\r\n");
    $cuts["life $life, all lost"] = [$data($server->directory), $start[1]];
    $cuts["life $life, nothing lost"] = $forced($server);
    $server->kill();
    $server->start();
}
$server->kill();

foreach ($cuts as $when => [$data_then, $note_then]) {
    $directory = scratch() . '/cut';
    mkdir($directory);
    file_put_contents("$directory/data.mdb", $data_then);
    file_put_contents("$directory/sharedanced.root", note_of_another_boot($note_then));
    echo "$when:";
    for ($start = 0; $start < 2; $start++) {
        $server = new TestServer([], $directory);
        $socket = open_meta($server);
        for ($life = 1; $life <= 3; $life++) {
            echo ' ', trim(meta($socket, "mg key$life c G\r\n")), ',';
        }
        /* from a write on it goes on as ever */
        echo ' ', trim(meta($socket, "ms anew 1\r\nx\r\nmg anew G\r\n", 2) === "HD\r\nHD\r\n" ? 'proven' : 'NOT PROVEN'), ';';
        $server->kill();
    }
    echo "\n";
    remove_tree($directory);
}
?>
--EXPECT--
life 1, nothing written: EN U, EN U, EN U, proven; EN U, EN U, EN U, proven;
life 1, all lost: EN U, EN U, EN U, proven; EN U, EN U, EN U, proven;
life 1, nothing lost: HD c1 U, EN U, EN U, proven; HD c1 U, EN U, EN U, proven;
life 2, nothing written: HD c1 U, EN U, EN U, proven; HD c1 U, EN U, EN U, proven;
life 2, all lost: HD c1 U, EN U, EN U, proven; HD c1 U, EN U, EN U, proven;
life 2, nothing lost: HD c1 U, HD c2 U, EN U, proven; HD c1 U, HD c2 U, EN U, proven;
life 3, nothing written: HD c1 U, HD c2 U, EN U, proven; HD c1 U, HD c2 U, EN U, proven;
life 3, all lost: HD c1 U, HD c2 U, EN U, proven; HD c1 U, HD c2 U, EN U, proven;
life 3, nothing lost: HD c1 U, HD c2 U, HD c3 U, proven; HD c1 U, HD c2 U, HD c3 U, proven;
