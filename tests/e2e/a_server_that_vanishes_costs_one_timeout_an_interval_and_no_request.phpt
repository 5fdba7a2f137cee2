--TEST--
a server that vanishes costs one timeout an interval and no request
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require __DIR__ . '/black-hole.inc';
skip_unless_sharedanced();
$reason = no_black_hole_because();
if ($reason !== null) {
    die("skip $reason");
}
?>
--FILE--
<?php
/* The short form, which says nothing about speed; scripts/soak has the long one. */
require __DIR__ . '/black-hole.inc';

/* eight workers that tried each for themselves would pay twice as much as they may */
$figures = black_hole([1, 6, 3], 100, 8, 8, [
    'sharedance.connect_timeout' => 0.5,
    'sharedance.timeout' => 6.0, /* of which a read gives its first server a half */
    'sharedance.retry_interval' => 1.0,
]);
$verdict = black_hole_verdict($figures, 0.5);
echo $verdict === '' ? "as it must be\n" : black_hole_report($figures) . $verdict;
?>
--EXPECT--
as it must be
