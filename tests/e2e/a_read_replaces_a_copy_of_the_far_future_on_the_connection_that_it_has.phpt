--TEST--
a read replaces a copy of the far future, on the connection that it has
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
if (trim((string) shell_exec('command -v cc')) === '') {
    die('skip there is no compiler for the clock');
}
?>
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/e2e.inc';
require __DIR__ . '/../clock.inc';

const DAY = 86400;

/* A server takes such a version only if its own clock is ahead: it was, and was set right. */
start_on_own_clock();
clock_is_ahead(3 * DAY);
$servers = servers(2);
$far = (time() + 3 * DAY) * 1000000;
$now = time() * 1000000;
$keys = [];
foreach ($servers as $i => $server) {
    converse($server, "ms copy$i 6 T600 E$far\r\npoison\r\nms grave$i 6 T600 E5\r\npoison\r\nmd grave$i T600 E$far\r\n");
    converse($servers[1 - $i], "ms copy$i 4 T600 E$now\r\ngood\r\nms grave$i 4 T600 E$now\r\ngood\r\n");
}
clock_is_ahead(0);
foreach ($servers as $server) {
    $server->kill();
    $server->start();
}
$relays = array_map(relayed(...), $servers);
$pool = pool($relays, true);
foreach (['copy0', 'copy1', 'grave0', 'grave1'] as $key) {
    $values = [$pool->get($key), $pool->get($key)];
    echo $key, ': ', json_encode($values), ', on the servers ',
        json_encode(array_map(fn ($server) => held($server, $key), $servers)), "\n";
}
echo 'connections: ', json_encode(array_map(fn ($relay) => $relay->connections(), $relays)), "\n";
?>
--EXPECT--
copy0: ["good","good"], on the servers ["good","good"]
copy1: ["good","good"], on the servers ["good","good"]
grave0: ["good","good"], on the servers ["good","good"]
grave1: ["good","good"], on the servers ["good","good"]
connections: [1,1]
