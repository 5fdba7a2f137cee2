--TEST--
memory that many entries written at once took is given back, but for a bounded part of it that LMDB keeps
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

const KEYS = 100000;

putenv('SHAREDANCED'); /* the server as users have it: a sanitizer's allocator gives memory back by rules of its own */
$server = new TestServer();
$pid = $server->process->pid;

/* One request for each of the keys, without waiting; only what went wrong is answered. */
function write($client, array $keys): string
{
    foreach (array_chunk($keys, 500) as $some) {
        $requests = '';
        foreach ($some as $key) {
            $requests .= "ms key-$key 1000 q\r\n" . str_repeat('v', 1000) . "\r\n";
        }
        fwrite($client, $requests);
    }
    return meta($client, "mn\r\n");
}

$client = open_meta($server);
fact('all are stored', write($client, range(1, KEYS)) === "MN\r\n");
mt_srand(1);
$keys = range(1, KEYS);
shuffle($keys);
fact('in any order, too', write($client, $keys) === "MN\r\n");
wait_until(fn () => (int) status_line($pid, 'RssAnon') < 40 * 1024, 'the memory to be given back');
?>
--EXPECT--
all are stored: yes
in any order, too: yes
