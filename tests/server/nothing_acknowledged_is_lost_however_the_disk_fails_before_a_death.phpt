--TEST--
nothing acknowledged is lost however the disk fails before a death
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/store-faults.inc';

/* the short form of scripts/soak store-faults */
$figures = store_faults(25, 1);
fact('much was acknowledged', $figures['acknowledged'] > 300);
echo count($figures['wrong']), " wrong\n", implode("\n", $figures['wrong']);
?>
--EXPECT--
much was acknowledged: yes
0 wrong
