--TEST--
a name is tried at its next address within the deadline and not looked up again when unknown
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
skip_unless_a_network_with_a_hole_can_be_made();
?>
--FILE--
<?php
require __DIR__ . '/../helper.inc';

/* In a network of its own with a host that takes every packet and answers none, a file of hosts of its own, where
 * "two" has that host's address and another one's, and a name server that knows no name. */
$hosts = scratch() . '/hosts';
file_put_contents("$hosts.resolver", "nameserver 127.0.0.1\n");
file_put_contents($hosts, "127.0.0.1 localhost\n192.0.2.1 two\n127.0.0.1 two\n192.0.2.1 hole\n");
$code = <<<'CODE'
    require getenv('HELPER');
    $names = new Process([PHP_BINARY, '-n', '-r', '
        $socket = stream_socket_server("udp://127.0.0.1:53", $number, $error, STREAM_SERVER_BIND);
        echo "bound\n";
        for (;;) {
            $query = stream_socket_recvfrom($socket, 512, 0, $from);
            stream_socket_sendto($socket, substr($query, 0, 2) . "\x81\x83" . substr($query, 4), 0, $from);
        }']);
    $names->expect('/bound/');
    $server = new TestServer();
    foreach (['hole', 'two', 'no-such-host.invalid'] as $host) {
        $cache = new Sharedance();
        $cache->addServer(new SharedanceServer($host, $server->port));
        report(fn () => $cache->set('k', "by $host"));
        report(fn () => $cache->get('k'));
        echo current($cache->getStats())['connect_timeouts'], " connect timeouts\n";
    }
CODE;
$network = 'mount --bind "$1" /etc/hosts && { [ ! -e /etc/resolv.conf ] || mount --bind "$1.resolver" /etc/resolv.conf; } && '
    . NETWORK_WITH_A_HOLE . ' && shift && exec "$@"';
$php = new Process(
    array_merge(['unshare', '-n', '-m', 'sh', '-c', $network, 'sh', $hosts, PHP_BINARY, '-n'],
        extension_options(),
        ['-d', 'sharedance.retry_interval=1000', '-d', 'sharedance.connect_timeout=1', '-r', $code]),
    null,
    ['HELPER' => __DIR__ . '/../helper.inc']
);
$php->wait();
echo preg_replace('/\d+\.\d s/', 'N s', $php->log());
?>
--EXPECTF--
SharedanceConnectionException: Failed to connect on [hole:PORT] "not connected within N ms"
SharedanceConnectionException: Failed to connect on [hole:PORT] "marked dead N s ago for all PHP workers of this user: not connected within N ms; tried again in N s"
1 connect timeouts
returned int(1)
returned string(6) "by two"
0 connect timeouts
SharedanceConnectionException: Failed to connect on [no-such-host.invalid:PORT] "%s"
SharedanceConnectionException: Failed to connect on [no-such-host.invalid:PORT] "marked dead N s ago for all PHP workers of this user: %s; tried again in N s"
0 connect timeouts
