--TEST--
no session fails behind nginx and php-fpm while two servers are restarted in turn
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
/* The short form; scripts/soak has the long one. */
require __DIR__ . '/rolling.inc';

$site = new Site(8, ['sharedance.session.lock_wait' => '60']);
foreach ([0, 1000] as $gap_ms) {
    $visits = rolling_restart($site, 100, 100, $gap_ms);
    $verdict = visits_verdict("a gap of $gap_ms ms", $visits);
    echo $verdict === '' ? "as it must be\n" : $verdict . web_logs();
}
$site->end();
?>
--EXPECT--
as it must be
as it must be
