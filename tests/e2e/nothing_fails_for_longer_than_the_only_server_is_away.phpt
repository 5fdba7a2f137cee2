--TEST--
nothing fails behind nginx and php-fpm for longer than the only server is away
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require __DIR__ . '/web-stack.inc';
skip_unless_sharedanced();
$reason = no_web_because();
if ($reason !== null) {
    die("skip $reason");
}
?>
--FILE--
<?php
/* The short form; scripts/soak has the long one, with the settings as they are. Here a server that is
 * believed to be dead is not asked again before the test is over. */
require __DIR__ . '/rolling.inc';

$site = new Site(8, ['sharedance.retry_interval' => '1000'] + PATIENT + ['sharedance.session.lock_wait' => '60'], servers(1));
$figures = restart_alone($site, 300, 5000);
$verdict = restart_alone_verdict($figures, 3);
echo $verdict === '' ? "as it must be\n" : restart_alone_report($figures) . $verdict . web_logs();
$site->end();
?>
--EXPECT--
as it must be
