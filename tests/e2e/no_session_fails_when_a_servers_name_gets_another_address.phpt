--TEST--
no session fails when a server's name gets another address
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require __DIR__ . '/moved.inc';
skip_unless_sharedanced();
$reason = no_moved_because();
if ($reason !== null) {
    die("skip $reason");
}
?>
--FILE--
<?php
/* The short form; scripts/soak has the long one, with the settings as they are. */
require __DIR__ . '/moved.inc';

[$report, $verdict] = trial_in_namespaces('moved', [700, [
    'sharedance.timeout' => '60',
    'sharedance.connect_timeout' => '60',
    'sharedance.retry_interval' => '0.5',
    'sharedance.session.lock_wait' => '60',
]]);
echo $verdict === '' ? "as it must be\n" : $report . $verdict;
?>
--EXPECT--
as it must be
