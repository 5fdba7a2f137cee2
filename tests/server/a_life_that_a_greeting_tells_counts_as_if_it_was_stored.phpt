--TEST--
a life that a greeting tells counts as if something had been stored with it
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

const MONTH = 30 * 86400;

function proven_in(TestServer $server): int
{
    preg_match('/^STAT absence_proven_in (\d+)/m', ask($server, "stats\r\nquit\r\n"), $match);
    return (int) $match[1];
}

/* Up to a few seconds that this machine took. */
function is_about(int $seconds, int $wanted): bool
{
    return $seconds <= $wanted && $seconds > $wanted - 60;
}

start_on_own_clock();
$server = new TestServer(['--expiration=5']);
time_passes(6);
$socket = open_meta($server);
echo 'nothing was told: ', meta($socket, "mg absent G\r\n");

foreach (['mn', 'mn sharedance', 'mn sharedanc T500', 'mn T500', 'mn sharedance x T500', 'mn sharedance T', 'mn sharedance T5x',
    'mn sharedance t500', 'mn sharedance T0', 'mn sharedance T-1', 'mn sharedance T99999999999999999999'] as $other) {
    meta($socket, "$other\r\n");
}
echo 'nor by these: ', meta($socket, "mg absent G\r\n");

echo 'told: ', preg_replace('/ .*/', ' ...', meta($socket, "mn sharedance T500\r\n")), meta($socket, "mg absent G\r\n");
fact('stats say until when', is_about(proven_in($server), 500 - 6));
meta($socket, "mn sharedance T300\r\n");
fact('a shorter one changes nothing', is_about(proven_in($server), 500 - 6));
$server->stop();
$server->start();
fact('the next start knows it', is_about(proven_in($server), 500));
$socket = open_meta($server);
echo 'deleted: ', meta($socket, "md deleted E1\r\n");
time_passes(400);
echo 'after 400 s: ', meta($socket, "mg absent G\r\n"), 'the tombstone: ', meta($socket, "mg deleted G c\r\n");
time_passes(100);
echo 'after 500 s: ', meta($socket, "mg absent G\r\n"), 'no tombstone: ', meta($socket, "mg deleted G c\r\n");
meta($socket, "mn sharedance T400\r\n");
echo 'it has been up for longer: ', meta($socket, "mg absent G\r\n");

meta($socket, "mn sharedance T18446744073709551615\r\n");
fact('a month is the most', is_about(proven_in($server), MONTH - 500));
?>
--EXPECT--
nothing was told: EN
nor by these: EN
told: MN ...
EN U
stats say until when: yes
a shorter one changes nothing: yes
the next start knows it: yes
deleted: NF
after 400 s: EN U
the tombstone: EN c1
after 500 s: EN
no tombstone: EN
it has been up for longer: EN
a month is the most: yes
