--TEST--
max idle is an ini setting in seconds
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

/* Each operation on the pool, after which more time has passed than the shortest setting has. */
function connections(Sharedance $cache, BrokenServer $relay): int
{
    $before = $relay->connections();
    for ($i = 0; $i < 3; $i++) {
        $cache->set('k', 'v');
        usleep(5000);
    }
    return $relay->connections() - $before;
}

var_dump(ini_get('sharedance.max_idle'));
$relay = relayed(new TestServer());
$cache = pool([$relay]);
$cache->set('k', 'v');
ini_set('sharedance.max_idle', '0');
echo 'never: ', connections($cache, $relay), "\n";
ini_set('sharedance.max_idle', '1000');
echo 'after 1000 s: ', connections($cache, $relay), "\n";
ini_set('sharedance.max_idle', '0.001');
usleep(5000);
echo 'after 0.001 s: ', connections($cache, $relay), "\n";

foreach (['-1', 'nan', '1s', '', '1e99'] as $bad) {
    var_dump(@ini_set('sharedance.max_idle', $bad));
    echo error_get_last()['message'], "\n";
}
var_dump(ini_get('sharedance.max_idle'));
?>
--EXPECT--
string(4) "60.0"
never: 0
after 1000 s: 0
after 0.001 s: 3
bool(false)
sharedance.max_idle must be greater than 0 and at most 1000000 seconds, '-1' given
bool(false)
sharedance.max_idle must be greater than 0 and at most 1000000 seconds, 'nan' given
bool(false)
sharedance.max_idle must be greater than 0 and at most 1000000 seconds, '1s' given
bool(false)
sharedance.max_idle must be greater than 0 and at most 1000000 seconds, '' given
bool(false)
sharedance.max_idle must be greater than 0 and at most 1000000 seconds, '1e99' given
string(5) "0.001"
