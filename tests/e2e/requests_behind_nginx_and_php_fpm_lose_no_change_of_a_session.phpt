--TEST--
requests behind nginx and php-fpm lose no change of a session, while a server is killed too
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
/* The short form; scripts/soak has the long one, with the settings as they are. */
require __DIR__ . '/sessions.inc';

$site = new Site(16, PATIENT + ['sharedance.session.lock_wait' => '60']);
foreach ([null, 'getServer', 'getReplica'] as $which) {
    $victim = $which === null ? null : array_column($site->servers, null, 'port')[$site->pool->$which("id-$which")->port];
    $figures = count_in_session($site, "id-$which", 500, 8, $victim);
    $verdict = counting_verdict($figures, 500);
    echo $verdict === '' ? "as it must be\n" : counting_report($figures, 'counting') . $verdict . web_logs();
}
$site->end();
?>
--EXPECT--
as it must be
as it must be
as it must be
