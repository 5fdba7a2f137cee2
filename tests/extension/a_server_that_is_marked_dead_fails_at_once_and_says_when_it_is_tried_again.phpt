--TEST--
a server that is marked dead fails at once and says when it is tried again
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--INI--
sharedance.retry_interval=1000
sharedance.timeout=1
--FILE--
<?php
require __DIR__ . '/../helper.inc';
require __DIR__ . '/../clock.inc';

$stats = fn (Sharedance $cache) => array_map(
    fn (array $of) => array_intersect_key($of, ['failures' => 0, 'timeouts' => 0, 'skipped' => 0, 'failovers' => 0]),
    array_values($cache->getStats())
);
$seconds = fn (string $text) => preg_replace('/\d+\.\d s/', 'N s', $text);
$report = function (callable $code) use ($seconds) {
    ob_start();
    report($code);
    echo $seconds(ob_get_clean());
};

echo "one server: refused, and asked again because there is no other; not for a request of the user's own\n";
$dead = new SharedanceServer('127.0.0.1', refusing_port());
$cache = new Sharedance();
$cache->addServer($dead);
$report(fn () => $cache->get('k'));
$report(fn () => $cache->get('k'));
$other = new Sharedance();
$other->addServer(new SharedanceServer('127.0.0.1', $dead->port));
$report(fn () => $other->set('k', 'v'));
$report(fn () => $other->delete('k'));
$report(fn () => $other->increment('k'));
$report(fn () => $dead->send('x'));
[$of_dead] = $stats($cache);
/* on a slow machine a pause of 0.1 s after a refusal may be over at the next request */
echo $of_dead['failures'], ' failures, ', $of_dead['skipped'] > 2 ? 'mostly' : $of_dead['skipped'], ' skipped at first, ',
    $of_dead['timeouts'], " timeouts\n";

echo "one of two is silent: it is waited for once\n";
$silent = new BrokenServer('silent');
[$alive] = old_servers(1);
$cache = new Sharedance(true);
$cache->addServer($silent->object());
$cache->addServer($alive->object());
var_dump($cache->set('a', '1'), $cache->set('b', '2'), $cache->get('a'), $cache->get('b'), $cache->get('c'));
var_dump($cache->increment('a'), $cache->has('b'), $cache->delete('a'), $cache->getMulti(['a', 'b']));
[$of_silent, $of_alive] = $stats($cache);
/* a set, which timed out, and then: two of them were its own keys or not, none was asked */
echo $of_silent['timeouts'], ' timeout, ', $of_silent['skipped'] > 5 ? 'many' : $of_silent['skipped'], " skipped\n";
echo json_encode(array_diff_key($of_alive, ['failovers' => 0])), "\n";
var_dump($of_silent['failovers'] > 5);

echo "both: at once, naming both\n";
$alive->kill();
$report(fn () => $cache->get('a'));
$report(fn () => $cache->get('a'));
$report(fn () => $cache->set('b', '2'));
?>
--EXPECTF--
one server: refused, and asked again because there is no other; not for a request of the user's own
SharedanceConnectionException: Failed to connect on [127.0.0.1:PORT] "Connection refused"
SharedanceConnectionException: Failed to connect on [127.0.0.1:PORT] "Connection refused"
SharedanceConnectionException: Failed to connect on [127.0.0.1:PORT] "Connection refused"
SharedanceConnectionException: Failed to connect on [127.0.0.1:PORT] "Connection refused"
SharedanceConnectionException: Failed to connect on [127.0.0.1:PORT] "Connection refused"
SharedanceConnectionException: Failed to connect on [127.0.0.1:PORT] "marked dead N s ago for all PHP workers of this user: Connection refused; tried again in N s"
5 failures, mostly skipped at first, 0 timeouts
one of two is silent: it is waited for once
int(1)
int(1)
string(1) "1"
string(1) "2"
bool(false)
int(2)
bool(true)
bool(true)
array(1) {
  ["b"]=>
  string(1) "2"
}
1 timeout, many skipped
{"failures":0,"timeouts":0,"skipped":0}
bool(true)
both: at once, naming both
SharedanceConnectionException: Failed to %s [127.0.0.1:PORT] "%s"; Failed to %s [127.0.0.1:PORT] "%s"
SharedanceConnectionException: Failed to connect on [127.0.0.1:PORT] "%s"; Failed to connect on [127.0.0.1:PORT] "%s"
SharedanceConnectionException: Failed to connect on [127.0.0.1:PORT] "%s"; Failed to connect on [127.0.0.1:PORT] "%s"
