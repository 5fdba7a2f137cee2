--TEST--
a redundant write is on both its servers and on no other
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/../helper.inc';

$servers = servers(4);
$cache = pool($servers, true);

for ($i = 0; $i < 100; $i++) {
    $stored = $cache->set("key-$i", "value-$i");
    $first = $cache->getServer("key-$i");
    $second = $cache->getReplica("key-$i");
    $holders = [];
    foreach ($servers as $server) {
        if (ask($server, fetch("key-$i")) === "value-$i") {
            $holders[] = $server->port;
        }
    }
    $owners = [$first->port, $second->port];
    sort($owners);
    sort($holders);
    if ($stored !== 2 || $holders !== $owners || $cache->get("key-$i") !== "value-$i") {
        echo "key-$i: $stored, ", json_encode([$owners, $holders]), "\n";
    }
}

var_dump($cache->delete('key-0'));
foreach ($servers as $server) {
    echo json_encode(ask($server, fetch('key-0'))), "\n";
}
?>
--EXPECT--
bool(true)
""
""
""
""
