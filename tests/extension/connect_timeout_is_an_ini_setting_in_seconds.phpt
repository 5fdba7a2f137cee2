--TEST--
connect timeout is an ini setting in seconds
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/../helper.inc';

ini_restore('sharedance.connect_timeout');
var_dump(ini_get('sharedance.connect_timeout'));
ini_set('sharedance.connect_timeout', '0.1');
$hole = new BrokenServer('hole');
$cache = new Sharedance();
$cache->addServer($hole->object(60));
$begin = hrtime(true);
report(fn () => $cache->get('k'));
/* the connect timeout, not the server's of 60 s */
echo (hrtime(true) - $begin) / 1e9 < 30 ? 'in time' : 'too late', "\n";

/* the smaller of the two counts */
ini_set('sharedance.connect_timeout', '60');
$cache->connect($hole->object(0.1));
$begin = hrtime(true);
report(fn () => $cache->get('k'));
echo (hrtime(true) - $begin) / 1e9 < 30 ? 'in time' : 'too late', "\n";

foreach (['0', '-1', 'nan', 'inf', '1s', '', '1e99', "1\0"] as $bad) {
    var_dump(@ini_set('sharedance.connect_timeout', $bad));
    echo error_get_last()['message'], "\n";
}
var_dump(ini_get('sharedance.connect_timeout'));
?>
--EXPECT--
string(3) "1.0"
SharedanceConnectionException: Failed to connect on [127.0.0.1:PORT] "not connected within N ms"
in time
SharedanceConnectionException: Failed to connect on [127.0.0.1:PORT] "not connected within N ms"
in time
bool(false)
sharedance.connect_timeout must be greater than 0 and at most 1000000 seconds, '0' given
bool(false)
sharedance.connect_timeout must be greater than 0 and at most 1000000 seconds, '-1' given
bool(false)
sharedance.connect_timeout must be greater than 0 and at most 1000000 seconds, 'nan' given
bool(false)
sharedance.connect_timeout must be greater than 0 and at most 1000000 seconds, 'inf' given
bool(false)
sharedance.connect_timeout must be greater than 0 and at most 1000000 seconds, '1s' given
bool(false)
sharedance.connect_timeout must be greater than 0 and at most 1000000 seconds, '' given
bool(false)
sharedance.connect_timeout must be greater than 0 and at most 1000000 seconds, '1e99' given
bool(false)
sharedance.connect_timeout must be greater than 0 and at most 1000000 seconds, '1' given
string(2) "60"
