--TEST--
no change of a session is lost in silence when a name leads to two servers, and with another server none is lost
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require __DIR__ . '/balanced.inc';
ob_end_clean();
skip_unless_sharedanced();
$reason = no_balanced_because();
if ($reason !== null) {
    die("skip $reason");
}
?>
--FILE--
<?php
/* The short form; scripts/soak has the long one, with the settings as they are. */
require __DIR__ . '/balanced.inc';

foreach ([false, true] as $has_other) {
    [$report, $verdict] = balanced($has_other, 25, 2600, [
        'sharedance.timeout' => '60',
        'sharedance.connect_timeout' => '60',
        'sharedance.session.lock_wait' => '60',
    ]);
    echo $verdict === '' ? "as it must be\n" : $report . $verdict;
}
?>
--EXPECT--
as it must be
as it must be
