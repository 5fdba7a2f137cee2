--TEST--
a write proves what is there since, and a touch does not
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer();
$changes = [
    'looking' => fn ($key) => "mg $key v h l u\r\n",
    'a touch' => fn ($key) => "mg $key T1000\r\n",
    'a touch that looks' => fn ($key) => "mg $key v t T1000 G\r\n",
    'winning the right to make it anew' => fn ($key) => "mg $key R3000\r\n",
    'a refused store' => fn ($key) => "ms $key 1 E5 G\r\ny\r\n",
    'a refused delete' => fn ($key) => "md $key E5 G\r\n",
    'a store of another version' => fn ($key) => "ms $key 1 C5\r\ny\r\n",
    'a store' => fn ($key) => "ms $key 1\r\ny\r\n",
    'a store with a version' => fn ($key) => "ms $key 1 G E30\r\ny\r\n",
    'appending' => fn ($key) => "ms $key 1 MA\r\ny\r\n",
    'counting' => fn ($key) => "ma $key\r\n",
    'a delete' => fn ($key) => "md $key\r\n",
    'a delete with a version' => fn ($key) => "md $key E30 G\r\n",
    'a delete that makes it stale' => fn ($key) => "md $key I\r\n",
    'a delete of the value alone' => fn ($key) => "md $key x\r\n",
    'a classic fetch' => fn ($key) => fetch($key),
    'a classic store' => fn ($key) => store($key, 'y'),
    'a classic delete' => fn ($key) => delete($key),
];
$keys = array_combine(array_keys($changes), array_map(fn ($i) => "key$i", range(1, count($changes))));
foreach ($keys as $key) {
    meta(open_meta($server), "ms $key 1 E20 T2000\r\n1\r\n");
}
meta(open_meta($server), "md deleted E20\r\nmd deleted-anew E20\r\n", 2);
$server->kill();
$server->start();
foreach ($changes as $name => $request) {
    if (str_starts_with($name, 'a classic')) {
        request($server, $request($keys[$name]));
    } else {
        meta(open_meta($server), $request($keys[$name]));
    }
    echo $name, ': ', meta(open_meta($server), "mg $keys[$name] G\r\n");
}
$socket = open_meta($server);
echo 'a tombstone: ', meta($socket, "mg deleted c G T1000\r\n"), meta($socket, "mg deleted c G\r\n");
meta($socket, "md deleted-anew E30\r\nms deleted 1 E30 G\r\nx\r\n", 2);
echo 'written anew: ', meta($socket, "mg deleted c G\r\n"), meta($socket, "mg deleted-anew c G\r\n");
?>
--EXPECT--
looking: HD U
a touch: HD U
a touch that looks: HD U
winning the right to make it anew: HD Z U
a refused store: HD U
a refused delete: HD U
a store of another version: HD U
a store: HD
a store with a version: HD
appending: HD
counting: HD
a delete: EN
a delete with a version: EN
a delete that makes it stale: HD X W
a delete of the value alone: HD
a classic fetch: HD U
a classic store: HD
a classic delete: EN
a tombstone: EN c20 U
EN c20 U
written anew: HD c30
EN c30
