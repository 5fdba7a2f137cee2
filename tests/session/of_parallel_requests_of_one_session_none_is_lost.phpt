--TEST--
of parallel requests of one session none is lost
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

/* Eight at a time, each adds to what it finds, and takes its time before it writes. */
$code = '
    for ($i = 0; $i < 25; $i++) {
        visit("id", function () {
            $n = $_SESSION["n"] ?? 0;
            usleep(random_int(0, 2000));
            $_SESSION["n"] = $n + 1;
        });
    }
    echo "done\n";
';
foreach ([1, 2, 4] as $count) {
    $servers = servers($count);
    $requests = array_map(fn () => request($servers, $code), range(1, 8));
    foreach ($requests as $request) {
        $request->wait();
        if ($request->log() !== "done\n") {
            echo $request->log();
        }
    }
    use_servers($servers);
    echo "$count servers: ", visit('id')['n'], "\n";
}
?>
--EXPECT--
1 servers: 200
2 servers: 200
4 servers: 200
