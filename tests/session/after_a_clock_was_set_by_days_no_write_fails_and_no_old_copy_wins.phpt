--TEST--
after a clock was set by days no session's write fails, however long its page takes, and no old copy wins
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
if (trim((string) shell_exec('command -v cc')) === '') {
    die('skip there is no compiler for the clock');
}
?>
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/session.inc';
require __DIR__ . '/../clock.inc';

const AHEAD = 3 * 86400;
const LONG_AGO = 1100000; /* microseconds: the time that a server told so long ago may be wrong by now */

function set_servers_clock(array $servers, int $ahead): void
{
    clock_is_ahead($ahead);
    foreach ($servers as $server) {
        $ask = fn () => preg_match('/ w(\d+)/', meta_line($server, "mn sharedance"), $match) ? $match[1] / 1e6 : 0;
        wait_until(fn () => abs($ask() - time() - $ahead) < 60, 'a server that sees its clock');
    }
}

/* These servers have a session that was written when their clock was ahead. */
function write_ahead(array $servers, string ...$keys): void
{
    set_servers_clock($servers, AHEAD);
    foreach ($servers as $server) {
        foreach ($keys as $key) {
            meta_line($server, "ms $key 6 T0 E" . (time() + AHEAD) * 1000000 . "\r\nn|i:1;");
        }
    }
    set_servers_clock($servers, 0);
}

start_on_own_clock();
$servers = servers(2);
use_servers($servers);

/* both servers' clock was ahead */
write_ahead($servers, 'both');
foreach ([2, 3] as $n) {
    echo json_encode(visit('both', function () {
        usleep(LONG_AGO);
        return ++$_SESSION['n'];
    })), ' ';
}
echo json_encode(visit('both')), "\n";

/* one of them has an old copy: it is met where only the first is read, as the policy says, and while
 * another session has a lock on the same connections */
visit('other');
foreach ($servers as $i => $server) {
    write_ahead([$server], "policy-$i", "beside-$i");
    foreach (['policy', 'beside'] as $key) {
        meta_line($servers[1 - $i], "ms $key-$i 6 T0 E" . time() * 1000000 . "\r\nn|i:7;");
    }
    usleep(LONG_AGO);
    ini_set('sharedance.read_policy', 'first');
    echo json_encode(visit("policy-$i")), ' ';
    ini_restore('sharedance.read_policy');
    start('other');
    usleep(LONG_AGO);
    $handler = new SharedanceSession(pool($servers, true));
    $handler->open('', '');
    echo $handler->read("beside-$i"), "\n";
    $handler->close();
    session_write_close();
}
?>
--EXPECT--
2 3 {"n":3}
{"n":7} n|i:7;
{"n":7} n|i:7;
