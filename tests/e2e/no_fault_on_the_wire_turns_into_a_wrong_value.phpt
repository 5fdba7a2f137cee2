--TEST--
no fault on the wire turns into a wrong value
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--FILE--
<?php
/* The short form; scripts/soak has the long one. */
require __DIR__ . '/faults.inc';

/* All of them; and then many of those that cost no time: each ends a connection. */
foreach ([faults(2000, FAULTS, 0.3, 60), faults(3000, 'greeting,cut,reset', 0.3, 15)] as $figures) {
    $report = faults_report($figures);
    /* A few that were late may be the machine's fault. Waiting twice would be late each time. */
    $is_right = str_ends_with($report, "\n0 wrong\n") && $figures['watch']->late_of_own < 5;
    echo $is_right ? "right\n" : $report;
}
?>
--EXPECT--
right
right
