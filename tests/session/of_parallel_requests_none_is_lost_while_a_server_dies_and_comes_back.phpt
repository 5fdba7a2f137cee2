--TEST--
of parallel requests none is lost while a server dies and comes back
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/session.inc';

$code = '
    for ($i = 0; $i < 60; $i++) {
        visit("id", function () {
            $_SESSION["n"] = ($_SESSION["n"] ?? 0) + 1;
            usleep(500);
        });
        touch(getenv("STARTED"), $i);
    }
    echo "done\n";
';
$servers = servers(2);
foreach ($servers as $i => $server) {
    $started = scratch() . "/started-$i";
    putenv("STARTED=$started");
    $requests = array_map(fn () => request($servers, $code), range(1, 4));
    wait_until(fn () => file_exists($started), 'the first');
    usleep(random_int(0, 20000));
    $server->kill();
    usleep(random_int(0, 50000));
    $server->start();
    foreach ($requests as $request) {
        $request->wait();
        if ($request->log() !== "done\n") {
            echo $request->log();
        }
    }
    use_servers($servers);
    echo visit('id')['n'], "\n";
}
?>
--EXPECT--
240
480
