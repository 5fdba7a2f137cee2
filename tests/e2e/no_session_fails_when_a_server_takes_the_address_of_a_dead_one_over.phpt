--TEST--
no session fails when a server takes the address of a dead one over
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require __DIR__ . '/taken-over.inc';
skip_unless_sharedanced();
$reason = no_taken_over_because();
if ($reason !== null) {
    die("skip $reason");
}
?>
--FILE--
<?php
/* The short form; scripts/soak has the long one, with the settings as they are. */
require __DIR__ . '/taken-over.inc';

[$report, $verdict] = trial_in_namespaces('taken_over', [false, 700, [
    'sharedance.timeout' => '60',
    'sharedance.connect_timeout' => '60',
    'sharedance.retry_interval' => '0.5',
    'sharedance.session.lock_wait' => '60',
]]);
echo $verdict === '' ? "as it must be\n" : $report . $verdict;
?>
--EXPECT--
as it must be
