--TEST--
an ext4 of its own that fills, fails and loses its power loses nothing that was acknowledged
--SKIPIF--
<?php
require __DIR__ . '/store-power.inc';
skip_unless_sharedanced();
skip_unless_root();
skip_unless_mount_namespace();
if (no_ext4_because() !== null) {
    die('skip ' . no_ext4_because());
}
?>
--FILE--
<?php
require __DIR__ . '/../helper.inc';

/* the short form of scripts/soak store-power */
$trial = ['unshare', '-m', PHP_BINARY, '-n', root() . '/tests/e2e/soak.inc', 'store-power', '15', '102'];
exec(implode(' ', array_map('escapeshellarg', $trial)) . ' 2>&1', $report, $status);
preg_match('/^(\d+) acknowledged$/m', implode("\n", $report), $match);
echo 'much was acknowledged: ', ($match[1] ?? 0) > 300 ? 'yes' : 'NO', "\n";
echo $status === 0 ? 'nothing was wrong' : implode("\n", $report), "\n";
?>
--EXPECT--
much was acknowledged: yes
nothing was wrong
