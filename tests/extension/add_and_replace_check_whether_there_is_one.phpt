--TEST--
add and replace check whether there is one
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
foreach ([pool([$servers[0]]), pool($servers, true)] as $redundancy => $cache) {
    echo $redundancy ? "with redundancy\n" : "one server\n";
    $holders = $redundancy ? $servers : [$servers[0]];
    $show = function (bool $done, int $ttl = 1800) use ($cache, $holders): void {
        echo $done ? 'done' : 'not done', ': ', var_export($cache->get('k', 'none'), true), ' on ';
        echo count(array_filter($holders, fn ($server) => lives($server, 'k', $ttl))), "\n";
    };
    $show($cache->replace('k', 'replaced'));
    $show($cache->add('k', 'added', 100), 100);
    $show($cache->add('k', 'added again'), 100);
    $show($cache->replace('k', 'replaced', 300), 300);
    $cache->delete('k');
    $show($cache->replace('k', 'replaced again'));
    $show($cache->add('k', ''));
    $show($cache->replace('k', 'x'));
    $cache->delete('k');
}

echo "while the first is away\n";
$cache->set('there', 'v');
$cache->set('gone', 'v');
[$first, $second] = owners($servers, $cache, 'k');
$first->kill();
$cache->delete('gone');
var_dump($cache->add('k', 'added'), $cache->add('k', 'again'), $cache->replace('k', 'replaced'), $cache->add('there', 'x'));
echo "and after it came back\n";
$first->start();
var_dump($cache->add('k', 'x'), $cache->get('k'), $cache->replace('gone', 'x'), $cache->add('gone', 'added'), $cache->get('gone'));
$first->kill();
var_dump($cache->get('gone'));
$second->kill();
report(fn () => $cache->add('k', 'v'));
report(fn () => $cache->replace('k', 'v'));
?>
--EXPECT--
one server
not done: 'none' on 0
done: 'added' on 1
not done: 'added' on 1
done: 'replaced' on 1
not done: 'none' on 0
done: '' on 1
done: 'x' on 1
with redundancy
not done: 'none' on 0
done: 'added' on 2
not done: 'added' on 2
done: 'replaced' on 2
not done: 'none' on 0
done: '' on 2
done: 'x' on 2
while the first is away
bool(true)
bool(false)
bool(true)
bool(false)
and after it came back
bool(false)
string(8) "replaced"
bool(false)
bool(true)
string(5) "added"
string(5) "added"
SharedanceConnectionException: Failed to connect on [127.0.0.1:PORT] "Connection refused"; Failed to connect on [127.0.0.1:PORT] "Connection refused"
SharedanceConnectionException: Failed to connect on [127.0.0.1:PORT] "Connection refused"; Failed to connect on [127.0.0.1:PORT] "Connection refused"
