--TEST--
both servers dead is an exception that names both and their reasons
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/../helper.inc';

$cache = new Sharedance(true);
$ports = [refusing_port(), (new BrokenServer('silent'))->port];
$cache->addServer(new SharedanceServer('127.0.0.1', $ports[0]));
$cache->addServer(new SharedanceServer('localhost', $ports[1], 2));
/* a key whose first server is the one that refuses */
$key = $cache->getServer('a')->port === $ports[0] ? 'a' : 'b';

report(fn () => $cache->set($key, 'v'));
report(fn () => $cache->get($key));
report(fn () => $cache->get($key, 'a default is for what is not there'));
report(fn () => $cache->delete($key));
try {
    $cache->get($key);
} catch (SharedanceConnectionException $error) {
    var_dump($error->getServer() === "127.0.0.1:$ports[0]"); /* the first of both */
}
?>
--EXPECT--
SharedanceConnectionException: Failed to connect on [127.0.0.1:PORT] "Connection refused"; Failed to send command to [localhost:PORT] "no complete answer within N ms (0 bytes received)"
SharedanceConnectionException: Failed to connect on [127.0.0.1:PORT] "Connection refused"; Failed to send command to [localhost:PORT] "no complete answer within N ms (0 bytes received)"
SharedanceConnectionException: Failed to connect on [127.0.0.1:PORT] "Connection refused"; Failed to send command to [localhost:PORT] "no complete answer within N ms (0 bytes received)"
SharedanceConnectionException: Failed to connect on [127.0.0.1:PORT] "Connection refused"; Failed to send command to [localhost:PORT] "no complete answer within N ms (0 bytes received)"
bool(true)
