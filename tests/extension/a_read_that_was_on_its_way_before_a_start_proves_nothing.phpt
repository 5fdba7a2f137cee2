--TEST--
a read that was on its way to a server before the server's start proves nothing
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/../helper.inc';

ini_set('sharedance.retry_interval', '0');

function stats(TestServer $server): string
{
    $socket = stream_socket_client("tcp://{$server->host}:{$server->port}");
    fwrite($socket, "stats\r\n");
    for ($all = ''; !str_ends_with($all, "END\r\n"); $all .= fgets($socket)) {
    }
    return $all;
}

/* The slow way to a server: what a process sends it waits here until $meanwhile is done. */
function hand_on($listener, Process $from, TestServer $to, callable $meanwhile): void
{
    $client = stream_socket_accept($listener, 60);
    $meanwhile();
    $server = stream_socket_client("tcp://{$to->host}:{$to->port}");
    while ($from->running()) {
        $ready = [$client, $server];
        $none = null;
        if (stream_select($ready, $none, $none, 0, 10000)) {
            foreach ($ready as $one) {
                fwrite($one === $client ? $server : $client, (string) fread($one, 65536));
            }
        }
    }
}

/* unless this machine takes the five seconds in which a server settles */
do {
    $servers = [$first, $second] = servers(2);
    $cache = pool($servers, true);
    for ($i = 0; $cache->getServer("key$i")->port !== $first->port; $i++) {
    }
    $key = "key$i";
    $cache->set($key, 'v1');
    $first->kill();
    $listener = stream_socket_server('tcp://127.0.0.1:0');
    $link = (int) substr(strrchr(stream_socket_get_name($listener, false), ':'), 1);
    $reader = new Process([PHP_BINARY, '-n', ...extension_options(), '-r', '
        $cache = new Sharedance(true);
        foreach ([' . "$link, {$second->port}" . '] as $port) {
            $cache->addServer(new SharedanceServer("127.0.0.1", $port, 60));
        }
        echo $cache->get("' . $key . '");']);
    hand_on($listener, $reader, $first, function () use ($cache, $first, $second, $key, &$stored, &$started) {
        wait_until(fn () => preg_match('/^STAT get_hits [1-9]/m', stats($second)) === 1, 'the answer of the second');
        $stored = $cache->set($key, 'v2');
        $started = hrtime(true);
        $first->start();
    });
    $second->kill();
    ob_start();
    report(fn () => $cache->get($key));
    $said = ob_get_clean();
} while (hrtime(true) - $started > 4.9e9);
echo "written meanwhile: $stored\nthe slow read: {$reader->log()}\nafter it: $said";
?>
--EXPECT--
written meanwhile: 1
the slow read: v1
after it: SharedanceUnprovenException: [127.0.0.1:PORT] was down and has not been compared with the other server since: its copy may be out of date; Failed to connect on [127.0.0.1:PORT] "Connection refused"
