--TEST--
no request fails behind nginx and php-fpm when a firewall forgets kept connections
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require __DIR__ . '/forgotten.inc';
skip_unless_sharedanced();
$reason = no_forgotten_because();
if ($reason !== null) {
    die("skip $reason");
}
?>
--FILE--
<?php
/* The short form; scripts/soak has the long one, with the settings as they are. */
require __DIR__ . '/forgotten.inc';

$settings = ['sharedance.timeout' => '12', 'sharedance.connect_timeout' => '12', 'sharedance.session.lock_wait' => '60'];
foreach ([1, 8] as $of_workers) {
    [$report, $verdict] = trial_in_namespaces('forgotten', [8, $of_workers, 50, 50, $settings]);
    echo $verdict === '' ? "as it must be\n" : $report . $verdict;
}
?>
--EXPECT--
as it must be
as it must be
