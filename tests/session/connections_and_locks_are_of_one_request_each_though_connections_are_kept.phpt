--TEST--
connections and locks are of one request each though connections are kept
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
$relay = relayed($server);
$web = new Web([$relay], '
    session_start();
    $_SESSION["n"] = ($_SESSION["n"] ?? 0) + 1;
    echo $_SESSION["n"];
');
$web->get('/');
$ids = [$web->cookie()];
$web->get('/');
$ids[] = $web->cookie();
for ($i = 0; $i < 5; $i++) {
    foreach ($ids as $id) {
        echo $web->get('/', $id), is_free($server, $id) ? ' ' : ' HELD ';
    }
}
echo "\n", $relay->connections(), " connection\n";
?>
--EXPECT--
2 2 3 3 4 4 5 5 6 6 
1 connection
