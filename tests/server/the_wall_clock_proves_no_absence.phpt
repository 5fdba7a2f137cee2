--TEST--
the wall clock proves no absence, and the uptime is not of it; only the longest life that was stored counts
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

start_on_own_clock();
clock_is_ahead(-7200);

/* A number of `stats`. */
function stat_of(TestServer $server, string $name): int
{
    $socket = open_meta($server);
    fwrite($socket, "stats\r\n");
    for ($all = ''; !str_ends_with($all, "END\r\n"); $all .= fgets($socket)) {
    }
    preg_match("/^STAT $name (\d+)/m", $all, $match);
    return (int) $match[1];
}

$server = new TestServer(['--expiration=1']);
$socket = open_meta($server);
meta($socket, "ms session 1 T1440\r\nx\r\n");
$server->kill();
$server->start();
clock_is_ahead(0);
sleep(3);
$socket = open_meta($server);
echo 'two hours later, as the wall clock says: ', meta($socket, "mg absent G\r\n");
clock_is_ahead(-7200 * 2);
sleep(2);
fact('the uptime is seconds', stat_of($server, 'uptime') < 600);
echo 'long after --expiration: ', meta($socket, "mg absent G\r\n");

/* lives that are shorter than --expiration are over sooner, once the server knows which there are */
$server = new TestServer(['--expiration=100']);
meta(open_meta($server), "ms session 1 T1\r\nx\r\n");
$server->kill();
$server->start();
time_passes(98);
echo 'too young to know the lives: ', meta(open_meta($server), "mg absent G\r\n");
time_passes(5);
echo 'old enough: ', meta(open_meta($server), "mg absent G\r\n");
?>
--EXPECT--
two hours later, as the wall clock says: EN U
the uptime is seconds: yes
long after --expiration: EN U
too young to know the lives: EN U
old enough: EN
