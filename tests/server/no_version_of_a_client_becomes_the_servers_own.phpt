--TEST--
no version of a client becomes the server's own, whatever it dies of
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

/* The version that the server gives now, in seconds from now. */
function ahead(TestServer $server): float
{
    preg_match('/ c(\d+)/', meta(open_meta($server), "ms other 1 c\r\nx\r\n"), $match);
    return $match[1] / 1e6 - microtime(true);
}

foreach ([2.1 * 86400, 1e12] as $seconds) {
    $server = new TestServer();
    $version = sprintf('%.0f', (microtime(true) + $seconds) * 1e6);
    /* the server may refuse it: then there is nothing to be followed */
    meta(open_meta($server), "ms poison 6 E$version T0\r\npoison\r\n");
    fact('not while it runs', abs(ahead($server)) < 600);
    $server->kill();
    $server->start();
    fact('not after kill -9', abs(ahead($server)) < 600);
    $server->stop();
    $server->start();
    fact('not after a stop', abs(ahead($server)) < 600);
    $server->stop();
}
?>
--EXPECT--
not while it runs: yes
not after kill -9: yes
not after a stop: yes
not while it runs: yes
not after kill -9: yes
not after a stop: yes
