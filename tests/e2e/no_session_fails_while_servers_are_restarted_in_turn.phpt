--TEST--
no session fails behind nginx and php-fpm while two servers are restarted in turn
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require __DIR__ . '/web-stack.inc';
$reason = no_web_because();
if ($reason !== null) {
    die("skip $reason");
}
?>
--FILE--
<?php
/* The short form; scripts/soak has the long one. */
require __DIR__ . '/rolling.inc';

$site = new Site(8, ['sharedance.session.lock_wait' => '60']);
foreach ([0, 1000] as $gap_ms) {
    $figures = rolling_restart($site, 100, $gap_ms);
    $verdict = rolling_verdict($figures);
    echo $verdict === '' ? "as it must be\n" : rolling_report($figures, $gap_ms) . $verdict . web_logs();
}
$site->end();
?>
--EXPECT--
as it must be
as it must be
