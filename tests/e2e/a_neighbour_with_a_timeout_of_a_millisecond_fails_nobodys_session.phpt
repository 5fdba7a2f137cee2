--TEST--
a neighbour with a timeout of a millisecond fails nobody's session
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require __DIR__ . '/neighbour.inc';
skip_unless_sharedanced();
$reason = no_neighbour_because();
if ($reason !== null) {
    die("skip $reason");
}
?>
--FILE--
<?php
/* The short form; scripts/soak has the long one, with the settings as they are. */
require __DIR__ . '/neighbour.inc';

[$report, $verdict] = neighbour(50, 50, [
    'sharedance.timeout' => '60',
    'sharedance.connect_timeout' => '60',
    'sharedance.session.lock_wait' => '60',
]);
echo $verdict === '' ? "as it must be\n" : $report . $verdict;
?>
--EXPECT--
as it must be
