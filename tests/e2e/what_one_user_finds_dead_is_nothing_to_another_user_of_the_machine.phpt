--TEST--
what one user finds dead is nothing to another user of the machine, however many servers it asks
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require __DIR__ . '/users.inc';
skip_unless_sharedanced();
$reason = no_users_because();
if ($reason !== null) {
    die("skip $reason");
}
?>
--FILE--
<?php
/* The short form; scripts/soak has the long one, with the settings as they are. */
require __DIR__ . '/users.inc';

[$report, $verdict] = trial_in_namespaces('users', [4, 2000, [
    'sharedance.timeout' => '6',
    'sharedance.connect_timeout' => '3',
    'sharedance.retry_interval' => '1000',
    'sharedance.session.lock_wait' => '60',
]]);
echo $verdict === '' ? "as it must be\n" : $report . $verdict;
?>
--EXPECT--
as it must be
