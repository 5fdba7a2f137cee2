--TEST--
a worker killed inside a request leaves its session as it was, and free at once
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
/* A lock that stayed would be held for five minutes at least, and lock_wait is 40 seconds: less than half
 * of that is told from both on any machine. scripts/soak tells how long it is. */
require __DIR__ . '/sessions.inc';

$site = new Site(4, PATIENT + ['sharedance.session.lock_wait' => '40']);
$figures = kill_workers($site, 'id', 5);
$verdict = kill_workers_verdict($figures, 5, 20000);
echo $verdict === '' ? "as it must be\n" : kill_workers_report($figures) . $verdict . web_logs();
$site->end();
?>
--EXPECT--
as it must be
