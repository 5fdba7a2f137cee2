--TEST--
a session lives for gc maxlifetime
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/session.inc';

$server = new TestServer(['--expiration=77']);
use_servers([$server]);
foreach (['1440', '60', '10000000', '0'] as $seconds) {
    ini_set('session.gc_maxlifetime', $seconds);
    visit('id', function () {
        $_SESSION['n'] = random_int(0, PHP_INT_MAX);
    });
    echo $seconds, ': ', lives($server, 'id', $seconds === '0' ? 77 : (int) $seconds) ? 'so long' : 'OTHERWISE ' . life($server, 'id'), "\n";
}
ini_set('session.gc_maxlifetime', '1');
visit('id');
wait_until(fn () => entry($server, 'id') === null, 'its end');
var_dump(visit('id'));
?>
--EXPECT--
1440: so long
60: so long
10000000: so long
0: so long
array(0) {
}
