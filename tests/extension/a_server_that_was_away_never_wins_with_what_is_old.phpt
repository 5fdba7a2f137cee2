--TEST--
a server that was away never wins with what is old
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

$servers = servers(2);
$cache = pool($servers, true);
$setup = function () use ($servers, $cache): array {
    $ignored = $cache->setMulti(['changed' => 'old', 'deleted' => 'old', 'same' => 'same'], 600);
    [$first, $second] = owners($servers, $cache, 'changed');
    $first->kill();
    echo 'while it is away: ', $cache->set('changed', 'new', 500), ' ';
    var_dump($cache->delete('deleted'));
    $first->start();
    return [$first, $second];
};

echo "both up: the newest\n";
[$first] = $setup();
var_dump($cache->get('changed'), $cache->get('deleted', 'none'), $cache->getMulti(['changed', 'deleted', 'same']));
echo "which repaired the other copy, with its time to live: ";
var_dump(meta_line($first, 'mg changed v'), lives($first, 'changed', 500), meta_line($first, 'mg deleted v'));

echo "alone it is not believed\n";
[, $second] = $setup();
$second->kill();
report(fn () => $cache->get('changed'));
report(fn () => $cache->has('deleted'));
report(fn () => $cache->getMulti(['same']));
echo "until something is written: ", $cache->set('changed', 'newer'), "\n";
var_dump($cache->get('changed'));
$second->start();
var_dump($cache->get('changed'), $cache->get('deleted', 'none'), $cache->get('same'));
?>
--EXPECT--
both up: the newest
while it is away: 1 bool(true)
string(3) "new"
string(4) "none"
array(2) {
  ["changed"]=>
  string(3) "new"
  ["same"]=>
  string(4) "same"
}
which repaired the other copy, with its time to live: string(4) "VA 3"
bool(true)
string(2) "EN"
alone it is not believed
while it is away: 1 bool(true)
SharedanceUnprovenException: [127.0.0.1:PORT] was down and has not been compared with the other server since: its copy may be out of date; Failed to connect on [127.0.0.1:PORT] "Connection refused"
SharedanceUnprovenException: Failed to connect on [127.0.0.1:PORT] "Connection refused"; [127.0.0.1:PORT] was down and has not been compared with the other server since: its copy may be out of date
SharedanceUnprovenException: [127.0.0.1:PORT] was down and has not been compared with the other server since: its copy may be out of date; Failed to connect on [127.0.0.1:PORT] "Connection refused"
until something is written: 1
string(5) "newer"
string(5) "newer"
string(4) "none"
string(4) "same"
