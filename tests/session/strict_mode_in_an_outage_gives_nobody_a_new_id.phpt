--TEST--
strict mode in an outage gives nobody a new id
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/web.inc';

$server = new TestServer();
$web = new Web([$server], '
    ini_set("session.use_strict_mode", "1");
    $started = @session_start();
    $_SESSION["n"] = ($_SESSION["n"] ?? 0) + 1;
    echo $started ? "visit " . $_SESSION["n"] : "no session";
', ['sharedance.retry_interval' => '0', 'display_errors' => '0']);

echo $web->get('/'), "\n";
$id = $web->cookie();
echo $web->get('/', $id), ', ', $web->cookie() === null ? 'no new id' : 'A NEW ID', "\n";
$server->kill();
echo $web->get('/', $id), ', ', $web->cookie() === null ? 'no new id' : 'A NEW ID', "\n";
$server->start();
echo $web->get('/', $id), ', ', $web->cookie() === null ? 'no new id' : 'A NEW ID', "\n";
echo "and an id that is unknown, with the server there\n";
echo $web->get('/', 'unknown'), ', ', $web->cookie() !== null ? 'a new id' : 'NO NEW ID', "\n";
?>
--EXPECT--
visit 1
visit 2, no new id
no session, no new id
visit 3, no new id
and an id that is unknown, with the server there
visit 1, a new id
