--TEST--
a hundred requests of one session at once are all answered
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
/* With the servers' usual room for those who wait, and with next to none. */
require __DIR__ . '/sessions.inc';

foreach ([[], ['--lock-waiters=8']] as $options) {
    $servers = [new TestServer($options), new TestServer($options)];
    $site = new Site(100, PATIENT + ['sharedance.session.lock_wait' => '60'], $servers);
    $figures = count_in_session($site, 'id', 100, 100, null, ['work' => 20000]);
    $verdict = counting_verdict($figures, 100);
    echo $verdict === '' ? "as it must be\n" : counting_report($figures, 'counting') . $verdict . web_logs();
    $site->end();
}
?>
--EXPECT--
as it must be
as it must be
