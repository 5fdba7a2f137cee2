--TEST--
a long value on a slow line marks nobody, and is read if there is time
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require __DIR__ . '/slow-line.inc';
skip_unless_sharedanced();
$reason = no_slow_line_because();
if ($reason !== null) {
    die("skip $reason");
}
?>
--INI--
memory_limit=-1
--FILE--
<?php
/* The short form; scripts/soak has the long one, with the settings as they are. */
require __DIR__ . '/slow-line.inc';

$settings = ['sharedance.connect_timeout' => '60', 'sharedance.session.lock_wait' => '60'];
[$report, $verdict] = trial_in_namespaces('slow_line', [12000000, '16mbit', 4.0, 60.0, 6.0, $settings]);
echo $verdict === '' ? "as it must be\n" : $report . $verdict;
?>
--EXPECT--
as it must be
