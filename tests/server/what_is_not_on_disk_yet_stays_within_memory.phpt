--TEST--
what was written and is not on disk yet stays within --memory, however fast it comes
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

const KEYS = 1000; /* of a piece */

putenv('SHAREDANCED'); /* the server as users have it: a sanitizer's allocator gives memory back by rules of its own */

/* The most of its own memory that a server has, in MB, while it is written to as fast as it can be. */
function most(int $pieces, string ...$options): float
{
    $server = new TestServer($options);
    $client = dial($server);
    $most = 0;
    for ($i = 0; $i < $pieces; $i++) {
        $requests = '';
        for ($j = 0; $j < KEYS; $j++) {
            $requests .= 'ms key-' . ($i * KEYS + $j) . " 10 q\r\n0123456789\r\n";
        }
        say($client, $requests);
        $most = max($most, (int) status_line($server->process->pid, 'RssAnon') / 1024);
    }
    say($client, "mn\r\nmg key-" . (KEYS * $pieces - 1) . " v\r\n");
    fact('all are stored', hear($client, 23) === "MN\r\nVA 10\r\n0123456789\r\n");
    return $most;
}

/* a server needs some 100 bytes for each of these entries while it is in memory */
fact('16 MB', most(500, '--memory=16M', '--maxreadsize=8M') < 16);
fact('64 MB', most(1000, '--memory=64M') < 64);
fact('as much as one likes, and three million entries', most(3000, PHP_INT_SIZE === 8 ? '--memory=1G' : '--memory=512M') < 96);
?>
--EXPECT--
all are stored: yes
16 MB: yes
all are stored: yes
64 MB: yes
all are stored: yes
as much as one likes, and three million entries: yes
