--TEST--
a script whose timeouts are shorter than php.ini's marks no server for others
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--INI--
sharedance.retry_interval=1000
sharedance.timeout=30
sharedance.connect_timeout=30
--FILE--
<?php
require __DIR__ . '/../helper.inc';

/* No byte of an answer comes until the file is gone. */
$file = scratch() . '/slow';
$server = new TestServer();
$relay = relayed($server, 'holds', $file, '0');

function state_of(SharedanceServer $server): string
{
    $cache = new Sharedance();
    $cache->addServer($server);
    return $cache->getServers()[0]['state'];
}

function fails(Sharedance $cache): string
{
    try {
        $cache->get('key');
        return 'answered';
    } catch (SharedanceException) {
        return 'fails';
    }
}

/* A server object of the script's own, and then its own settings. */
touch($file);
foreach (['object' => 0.001, 'timeout' => 60, 'connect_timeout' => 60] as $what => $timeout) {
    if ($what !== 'object') {
        ini_set('sharedance.timeout', '0.001');
    }
    if ($what === 'connect_timeout') {
        ini_set('sharedance.connect_timeout', '0.001');
    }
    $cache = new Sharedance();
    $cache->addServer($relay->object($timeout));
    for ($i = 0; $i < 10; $i++) {
        $said[$what][fails($cache)] = true;
    }
    echo $what, ': ', implode(' ', array_keys($said[$what])), ', ', state_of($relay->object(60)), "\n";
}
ini_restore('sharedance.timeout');
ini_restore('sharedance.connect_timeout');
unlink($file);
$cache = new Sharedance();
$cache->addServer($relay->object(60));
echo fails($cache), ', ', state_of($relay->object(60)), "\n";
?>
--EXPECT--
object: fails, unknown
timeout: fails, unknown
connect_timeout: fails, unknown
answered, alive
