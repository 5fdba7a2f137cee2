--TEST--
connections are kept and shared by all objects
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

$server = new TestServer();
$relay = relayed($server);
$cache = pool([$relay]);
for ($i = 0; $i < 50; $i++) {
    $cache->set("key-$i", 'v');
    $cache->get("key-$i");
}
$cache->getMulti(array_map(fn (int $i) => "key-$i", range(0, 49)));
echo 'one object: ', $relay->connections(), "\n";
for ($i = 0; $i < 10; $i++) {
    $other = pool([$relay], false, 5 + $i);
    $other->addServer($server->object());
    $other->get("key-$i");
    $other->set('k', 'v');
    $other->delete('k');
    if ($i % 2) {
        $other->close();
    }
    unset($other);
}
echo 'ten more: ', $relay->connections(), "\n";
$object = $relay->object();
$object->close();
$closed = new Sharedance();
$closed->addServer($object);
report(fn () => $closed->get('k'));
report(fn () => $cache->get('key-1'));
echo "an object that was closed: ", $relay->connections(), "\n";
/* a raw request is a classic one, which has a connection of its own */
$relay->object()->send(fetch('key-1'));
echo 'raw: ', $relay->connections('m'), ' and ', $relay->connections('F'), "\n";
ini_set('sharedance.persistent', '0'); /* it is about the end of the request */
$cache->get('key-1');
$cache->get('key-2');
echo 'not persistent: ', $relay->connections('m'), "\n";
?>
--EXPECT--
one object: 1
ten more: 1
SharedanceConnectionException: Failed to connect on [127.0.0.1:PORT] "the server object is closed"
returned string(1) "v"
an object that was closed: 1
raw: 1 and 1
not persistent: 1
