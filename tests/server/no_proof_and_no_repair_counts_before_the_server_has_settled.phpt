--TEST--
no proof and no repair counts before the server has been up for five seconds; a write does
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

const ALL = ['entry', 'deleted', 'repaired', 'removed'];

/* Carries what another server has: to this one, which was away. */
function carry(TestServer $server): string
{
    $socket = open_meta($server);
    meta($socket, "mg entry G U100\r\nmg deleted G U200\r\n", 2);
    return meta($socket, "ms repaired 3 E1000 G U\r\nnew\r\nmd removed E1000 G U\r\n", 2);
}

function look(TestServer $server): string
{
    return meta(open_meta($server), 'mg ' . implode(" c G\r\nmg ", ALL) . " c G\r\n", count(ALL));
}

start_on_own_clock();
$server = new TestServer();
/* unless this machine took all the time */
do {
    lose_data($server);
    meta(open_meta($server), "ms entry 1 E100\r\nx\r\nmd deleted E200\r\nms repaired 1 E300\r\nx\r\nms removed 1 E400\r\nx\r\n", 4);
    $server->kill();
    $started = hrtime(true);
    $server->start();
    $carried = carry($server);
    $looked = look($server);
} while (hrtime(true) - $started > 4.9e9);
echo "carried:\n$carried$looked";
wait_until(fn () => str_contains(stats($server), "\nSTAT unproven_items 4\r\n"), 'the number in stats');
echo 'what a server is told that greets: ', preg_replace('/.* (u\d+) .*/', '$1', meta(open_meta($server), "mn sharedance\r\n"));
echo 'a write: ', meta(open_meta($server), "ms repaired 5 E1001 G\r\nnewer\r\nmg repaired c G\r\n", 2);

time_passes(SETTLING);
meta(open_meta($server), "mg entry G U100\r\nmg deleted G U200\r\nms repaired 3 E1002 G U\r\nnew\r\nmd removed E1002 G U\r\n", 4);
echo "later:\n", look($server);

echo "U is nothing without G, and has no version where it is a repair's\n";
$socket = open_meta($server);
echo meta($socket, "ms k 1 U\r\nx\r\n"), meta($socket, "ms k 1 G U5\r\nx\r\n"), meta($socket, "md k U\r\n"), meta($socket, "ma k G U\r\n");

function stats(TestServer $server): string
{
    $socket = open_meta($server);
    fwrite($socket, "stats\r\n");
    for ($all = ''; !str_ends_with($all, "END\r\n"); $all .= fgets($socket)) {
    }
    return $all;
}
?>
--EXPECT--
carried:
HD
HD
HD c100 U
EN c200 U
HD c1000 U
EN c1000 U
what a server is told that greets: u4
a write: HD
HD c1001
later:
HD c100
EN c200
HD c1002
EN c1002
U is nothing without G, and has no version where it is a repair's
CLIENT_ERROR invalid flag
CLIENT_ERROR bad token in command line format
CLIENT_ERROR invalid or duplicate flag
CLIENT_ERROR invalid or duplicate flag
