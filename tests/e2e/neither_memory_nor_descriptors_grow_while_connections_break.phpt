--TEST--
neither memory nor descriptors grow while connections break
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
require __DIR__ . '/long-run.inc';

$report = long_run_report(long_run(20000, 4000));
echo str_ends_with($report, "\n0 wrong\n") ? "flat\n" : $report;
?>
--EXPECT--
flat
