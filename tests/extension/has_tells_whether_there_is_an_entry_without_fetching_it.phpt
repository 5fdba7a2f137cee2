--TEST--
has tells whether there is an entry without fetching it
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
require __DIR__ . '/../clock.inc';

$server = new TestServer();
$relay = relayed($server);
$cache = pool([$relay]);
$cache->set('k', 'v');
$cache->set('empty', '');
$relay->requests();
var_dump($cache->has('k'), $cache->has('empty'), $cache->has('other'));
preg_match_all('/^mg \S+(.*)$/m', $relay->requests(), $requests);
echo count($requests[1]), ' requests, ', count(preg_grep('/ v/', $requests[1])), " for the value\n";
$cache->delete('k');
var_dump($cache->has('k'));

echo "with redundancy\n";
$servers = old_servers(2);
$cache = pool($servers, true);
$cache->set('k', 'v');
$cache->set('gone', 'v');
[$first, $second] = owners($servers, $cache, 'k');
var_dump($cache->has('k'), $cache->has('other'));
$first->kill();
$cache->delete('gone');
var_dump($cache->has('k'), $cache->has('other'));
$first->start();
/* it is still on the first, but that it was deleted is newer */
var_dump($cache->has('gone'), $cache->has('k'));
foreach ($servers as $server) {
    $server->kill();
}
report(fn () => $cache->has('k'));
?>
--EXPECT--
bool(true)
bool(true)
bool(false)
3 requests, 0 for the value
bool(false)
with redundancy
bool(true)
bool(false)
bool(true)
bool(false)
bool(false)
bool(true)
SharedanceConnectionException: Failed to connect on [127.0.0.1:PORT] "Connection refused"; Failed to connect on [127.0.0.1:PORT] "Connection refused"
