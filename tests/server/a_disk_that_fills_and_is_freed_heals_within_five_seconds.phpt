--TEST--
a disk that fills and is freed heals within five seconds, without a restart
--SKIPIF--
<?php
require __DIR__ . '/server.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

const FULL = 28; /* ENOSPC */

start_on_own_disk();

/* Long values go to a file of their own. */
function stores(TestServer $server, int $length): bool
{
    return meta(open_meta($server), "ms key $length\r\n" . str_repeat('x', $length) . "\r\n") === "HD\r\n";
}

function health(TestServer $server): string
{
    $socket = open_meta($server);
    fwrite($socket, "stats\r\n");
    for ($all = ''; !str_ends_with($all, "END\r\n"); $all .= fgets($socket)) {
    }
    preg_match('/^STAT health (\w+)/m', $all, $match);
    return $match[1];
}

foreach (['data', 'root', 'wal', 'values', 'data wal values'] as $what) {
    disk_fails('');
    $server = new TestServer();
    $before = stores($server, 10);
    wait_until_committed($server);
    disk_fails(implode(' ', array_map(fn ($file) => "$file " . FULL, explode(' ', $what))));
    wait_until(function () use ($server) {
        stores($server, 10);
        stores($server, 100000);
        return health($server) !== 'OK';
    }, 'the disk to be found full');
    disk_fails('');
    /* all writes are taken again, whether any is tried or not */
    wait_until(fn () => health($server) === 'OK', "the store to heal of $what", 5);
    fact("full for $what, and healed", $before && stores($server, 10) && stores($server, 100000));
    $server->stop();
}
?>
--EXPECT--
full for data, and healed: yes
full for root, and healed: yes
full for wal, and healed: yes
full for values, and healed: yes
full for data wal values, and healed: yes
