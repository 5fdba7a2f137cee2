--TEST--
busy poll is an ini setting in microseconds, and changes no result
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

var_dump(ini_get('sharedance.busy_poll'));

/* What comes of a little of everything, with a server that serves so. */
function results(string $busy_poll, string $of_server): array
{
    ini_set('sharedance.busy_poll', $busy_poll);
    $servers = [new TestServer(["--busy-poll=$of_server"]), new TestServer(["--busy-poll=$of_server"])];
    $results = [];
    foreach ([false, true] as $redundancy) {
        $cache = pool($servers, $redundancy);
        for ($i = 0; $i < 100; $i++) { /* often enough that it looks, rests and looks again */
            $results[] = $cache->set("k$i", str_repeat(chr($i), $i * 700));
            $results[] = md5($cache->get("k$i"));
            $results[] = $cache->delete("k$i") . $cache->get("k$i", 'none');
        }
        $results[] = $cache->setMulti(['a' => '1', 'b' => '2', 'c' => '3']);
        $results[] = $cache->getMulti(['a', 'b', 'c', 'd']);
        $results[] = md5($servers[0]->object()->send(store('classic', str_repeat('x', 100000))));
        $results[] = md5($servers[0]->object()->send(fetch('classic')));
    }
    /* a server that is silent */
    $hole = new BrokenServer('hole');
    ini_set('sharedance.timeout', '0.2');
    $cache->connect($hole->object());
    try {
        $cache->get('k');
    } catch (SharedanceException $e) {
        $results[] = get_class($e);
    }
    ini_restore('sharedance.timeout');
    return $results;
}

$results = results('0', '0');
foreach ([['50', '50'], ['1000', '0'], ['0', '1000'], ['1000', '1000'], ['1', '1']] as [$client, $server]) {
    echo "$client and $server: ", results($client, $server) === $results ? 'the same' : 'others', "\n";
}

foreach (['-1', '1001', '10000000000000000000', '1.5', '50us', ' 50', '', 'on'] as $bad) {
    var_dump(@ini_set('sharedance.busy_poll', $bad));
    echo error_get_last()['message'], "\n";
}
var_dump(ini_get('sharedance.busy_poll'));
?>
--EXPECT--
string(2) "50"
50 and 50: the same
1000 and 0: the same
0 and 1000: the same
1000 and 1000: the same
1 and 1: the same
bool(false)
sharedance.busy_poll must be between 0 and 1000 microseconds, '-1' given
bool(false)
sharedance.busy_poll must be between 0 and 1000 microseconds, '1001' given
bool(false)
sharedance.busy_poll must be between 0 and 1000 microseconds, '10000000000000000000' given
bool(false)
sharedance.busy_poll must be between 0 and 1000 microseconds, '1.5' given
bool(false)
sharedance.busy_poll must be between 0 and 1000 microseconds, '50us' given
bool(false)
sharedance.busy_poll must be between 0 and 1000 microseconds, ' 50' given
bool(false)
sharedance.busy_poll must be between 0 and 1000 microseconds, '' given
bool(false)
sharedance.busy_poll must be between 0 and 1000 microseconds, 'on' given
string(1) "1"
