--TEST--
a connection that breaks at a request is replaced where it may be asked twice
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

/* The server closes a kept connection just when a request comes: nobody can know whether it was
 * carried out. What does no harm when it is done twice, whatever others have done since, is asked
 * again, on a new connection: with one server, no write, for it carries no version. */
$server = new TestServer();
$close = scratch() . '/close';
$relay = relayed($server, 'closes', $close);
$cache = pool([$relay]);
$cache->set('k', '1');
function run(array $operations): void
{
    global $cache, $relay, $close;

    foreach ($operations as $name => $operation) {
        $cache->has('k'); /* on a connection that stands now */
        $before = $relay->connections();
        touch($close);
        echo "$name: ";
        report($operation);
        clearstatcache();
        echo '  ', file_exists($close) ? 'IT WAS NOT CLOSED' : $relay->connections() - $before . ' new', "\n";
    }
}

run([
    'get' => fn () => $cache->get('k'),
    'has' => fn () => $cache->has('k'),
    'set' => fn () => $cache->set('k', '2'),
    'touch' => fn () => $cache->touch('k', 100),
    'getMulti' => fn () => $cache->getMulti(['k']),
    'setMulti' => fn () => $cache->setMulti(['k' => '3', 'l' => '4']),
    'deleteMulti' => fn () => $cache->deleteMulti(['l']),
    'increment' => fn () => $cache->increment('k'),
    'add' => fn () => $cache->add('new', 'v'),
    'replace' => fn () => $cache->replace('k', '9'),
    'cas' => fn () => $cache->cas('k', '9', 1),
]);
echo "what failed was not done: ", json_encode([$cache->get('k'), $cache->has('new')]), "\n";
echo "a new connection that breaks is a failure\n";
$cache = pool([relayed($server, 'closes', $close)]);
touch($close);
report(fn () => $cache->get('k'));
report(fn () => $cache->get('k'));
echo "with two servers a set and a delete carry one\n";
$cache = pool([$relay, new TestServer()], true);
run([
    'set' => fn () => $cache->set('k', '2'),
    'setMulti' => fn () => $cache->setMulti(['k' => '3', 'l' => '4']),
    'delete' => fn () => $cache->delete('k'),
]);
?>
--EXPECT--
get: returned string(1) "1"
  1 new
has: returned bool(true)
  1 new
set: SharedanceConnectionException: Failed to write data to [127.0.0.1:PORT] "the connection was closed before the answer was complete"
  0 new
touch: returned bool(true)
  1 new
getMulti: returned array(1) {
  ["k"]=>
  string(1) "1"
}
  1 new
setMulti: SharedanceConnectionException: Failed to write data to [127.0.0.1:PORT] "the connection was closed before the answer was complete"
  0 new
deleteMulti: SharedanceConnectionException: Failed to delete from [127.0.0.1:PORT] "the connection was closed before the answer was complete"
  0 new
increment: SharedanceConnectionException: Failed to send command to [127.0.0.1:PORT] "the connection was closed before the answer was complete"
  0 new
add: SharedanceConnectionException: Failed to write data to [127.0.0.1:PORT] "the connection was closed before the answer was complete"
  0 new
replace: SharedanceConnectionException: Failed to write data to [127.0.0.1:PORT] "the connection was closed before the answer was complete"
  0 new
cas: SharedanceConnectionException: Failed to write data to [127.0.0.1:PORT] "the connection was closed before the answer was complete"
  0 new
what failed was not done: ["1",false]
a new connection that breaks is a failure
SharedanceConnectionException: Failed to send command to [127.0.0.1:PORT] "the connection was closed before the answer was complete"
returned string(1) "1"
with two servers a set and a delete carry one
set: returned int(2)
  1 new
setMulti: returned int(2)
  1 new
delete: returned bool(true)
  1 new
