--TEST--
an unroutable address and an unknown name fail with their reasons
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
/* root needs no user namespace for it, and gets none in a chroot */
exec('unshare -n true 2>&1 || unshare -r -n true 2>&1', $output, $status);
if ($status !== 0) {
    die('skip a network namespace cannot be made here: ' . implode(' ', $output));
}
?>
--FILE--
<?php
require __DIR__ . '/../helper.inc';

/* In a network namespace of its own, where no packet gets anywhere: neither a connection nor a
 * question to a name server leaves this machine. */
$code = <<<'CODE'
    require getenv('HELPER');
    foreach (['192.0.2.1', '2001:db8::1', 'no-such-host.invalid'] as $host) {
        $cache = new Sharedance();
        $cache->addServer(new SharedanceServer($host));
        report(fn () => $cache->get('k'));
    }
CODE;
exec('unshare -n true 2>&1', $output, $status);
$php = new Process(
    array_merge(
        $status === 0 ? ['unshare', '-n'] : ['unshare', '-r', '-n'],
        [PHP_BINARY, '-n'],
        extension_options(),
        ['-r', $code]
    ),
    null,
    ['HELPER' => __DIR__ . '/../helper.inc']
);
$php->wait();
echo $php->log();
?>
--EXPECTF--
SharedanceConnectionException: Failed to connect on [192.0.2.1:PORT] "Network %Sunreachable"
SharedanceConnectionException: Failed to connect on [2001:db8::1:PORT] "%s"
SharedanceConnectionException: Failed to connect on [no-such-host.invalid:PORT] "%s"
