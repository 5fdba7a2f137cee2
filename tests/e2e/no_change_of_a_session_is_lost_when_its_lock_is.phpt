--TEST--
no change of a session is lost when its lock is
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
/* The short form of scripts/soak lost-locks. */
require __DIR__ . '/lost-locks.inc';

foreach ([['cuts', 1, 60], ['cuts', 8, 200], ['restarts', 8, 200], ['workers', 8, 200]] as [$how, $clients, $requests]) {
    [$figures, $free] = lost_locks($how, $requests, $clients);
    $verdict = lost_locks_verdict($figures, $free, $requests, $clients);
    echo $verdict === '' ? "as it must be\n" : lost_locks_report($how, $figures) . $verdict . web_logs();
}
?>
--EXPECT--
as it must be
as it must be
as it must be
as it must be
