--TEST--
a name that is slow to look up leaves the other server its time
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
exec('unshare -n -m ip link 2>&1', $output, $status);
if ($status !== 0) {
    die('skip a network namespace cannot be made here: ' . implode(' ', $output));
}
?>
--FILE--
<?php
require __DIR__ . '/../helper.inc';

/* In a network of its own, where the only name server takes every packet and answers none. "fast" is in
 * the file of hosts, "slow" and "slower" are not: they are looked up for as long as anybody waits. */
[$hosts, $resolver] = [scratch() . '/hosts', scratch() . '/resolv.conf'];
file_put_contents($hosts, "127.0.0.1 localhost fast\n");
file_put_contents($resolver, "nameserver 192.0.2.1\n");
$code = <<<'CODE'
    require getenv('HELPER');
    ini_set('sharedance.connect_timeout', '0.5');
    $server = new TestServer();
    foreach ([['slow', 'fast'], ['fast', 'slow']] as $names) {
        $cache = new Sharedance(true);
        foreach ($names as $name) {
            $cache->addServer(new SharedanceServer($name, $server->port));
        }
        report(fn () => $cache->set('k', implode(' and ', $names)));
        report(fn () => $cache->get('k'));
    }
    $cache = new Sharedance(true);
    $cache->addServer(new SharedanceServer('slow', $server->port));
    $cache->addServer(new SharedanceServer('slower', $server->port));
    report(fn () => $cache->get('k'));
CODE;
$network = 'mount --bind "$1" /etc/hosts && mount --bind "$2" "$(readlink -f /etc/resolv.conf)"'
    . ' && ip link set lo up && ip link add near type veth peer name far'
    . ' && ip addr add 192.0.2.2/24 dev near && ip link set near up && ip link set far up'
    . ' && ip neigh add 192.0.2.1 lladdr 02:00:00:00:00:01 dev near nud permanent && shift 2 && exec "$@"';
$php = new Process(
    array_merge(['unshare', '-n', '-m', 'sh', '-c', $network, 'sh', $hosts, $resolver, PHP_BINARY, '-n'],
        extension_options(), ['-r', $code]),
    null,
    ['HELPER' => __DIR__ . '/../helper.inc']
);
$php->wait();
echo $php->log();
?>
--EXPECTF--
returned int(1)
returned string(13) "slow and fast"
returned int(1)
returned string(13) "fast and slow"
SharedanceConnectionException: Failed to connect on [slow%S:PORT] "the name was not looked up in time"; Failed to connect on [slow%S:PORT] "the name was not looked up in time"
