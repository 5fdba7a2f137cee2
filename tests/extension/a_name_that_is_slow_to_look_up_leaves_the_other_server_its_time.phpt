--TEST--
a name that is slow to look up leaves the other server its time, in a child, too
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

/* In a network of its own, where the only name server takes every packet and answers none. "fast" is in
 * the file of hosts, "slow" and "slower" are not: they are looked up for as long as anybody waits. "known" is
 * in the file until it has been looked up once: then it goes on with that address. */
[$hosts, $resolver] = [scratch() . '/hosts', scratch() . '/resolv.conf'];
file_put_contents($hosts, "127.0.0.1 localhost fast known\n");
file_put_contents($resolver, "nameserver 192.0.2.1\n");
$code = <<<'CODE'
    require getenv('HELPER');
    ini_set('sharedance.connect_timeout', '0.5');
    $server = new TestServer();
    if (in_array('child', $argv)) { /* of one that has looked names up */
        report(fn () => pool_of(['fast'], $server)->get('k'));
        if (pcntl_fork() > 0) {
            pcntl_wait($status);
            exit;
        }
    }
    foreach ([['slow', 'fast'], ['fast', 'slow']] as $names) {
        $cache = pool_of($names, $server);
        report(fn () => $cache->set('k', implode(' and ', $names)));
        report(fn () => $cache->get('k'));
    }
    report(fn () => pool_of(['slow', 'slower'], $server)->get('k'));
    if (in_array('alone', $argv)) {
        $known = pool_of(['known'], $server);
        report(fn () => $known->set('k', 'known'));
        file_put_contents(getenv('HOSTS'), "127.0.0.1 localhost fast\n");
        usleep(1100000); /* for so long it is not looked up again */
        $server->kill();
        $server->start();
        report(fn () => $known->get('k'));
    }
    foreach (pool_of(['fast'], $server)->getServers() as $each) {
        echo $each['host'], ' is ', $each['state'], "\n";
    }
    function pool_of(array $names, TestServer $server): Sharedance
    {
        $cache = new Sharedance(count($names) > 1);
        foreach ($names as $name) {
            $cache->addServer(new SharedanceServer($name, $server->port));
        }
        return $cache;
    }
CODE;
$network = 'mount --bind "$1" /etc/hosts && mount --bind "$2" "$(readlink -f /etc/resolv.conf)" && '
    . NETWORK_WITH_A_HOLE . ' && shift 2 && exec "$@"';
foreach (function_exists('pcntl_fork') ? ['alone', 'child'] : ['alone'] as $who) {
    $php = new Process(
        array_merge(['unshare', '-n', '-m', 'sh', '-c', $network, 'sh', $hosts, $resolver, PHP_BINARY, '-n'],
            extension_options(), ['-r', $code, $who]),
        null,
        ['HELPER' => __DIR__ . '/../helper.inc', 'HOSTS' => $hosts]
    );
    $php->wait();
    echo $who, ":\n", $php->log();
}
?>
--EXPECTF--
alone:
returned int(1)
returned string(13) "slow and fast"
returned int(1)
returned string(13) "fast and slow"
SharedanceConnectionException: Failed to connect on [slow%S:PORT] "the name was not looked up in time"; Failed to connect on [slow%S:PORT] "the name was not looked up in time"
returned int(1)
returned string(5) "known"
fast is alive
child:
returned bool(false)
returned int(1)
returned string(13) "slow and fast"
returned int(1)
returned string(13) "fast and slow"
SharedanceConnectionException: Failed to connect on [slow%S:PORT] "the name was not looked up in time"; Failed to connect on [slow%S:PORT] "the name was not looked up in time"
fast is alive
