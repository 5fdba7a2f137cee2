--TEST--
servers on copies of one directory are two servers, and the log says so once
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--INI--
log_errors=1
--FILE--
<?php
require __DIR__ . '/../helper.inc';

$log = scratch() . '/errors';
ini_set('error_log', $log);
$original = new TestServer();
pool([$original])->set('before', 'the copy');
$original->stop();
mkdir(scratch() . '/copy', 0700);
exec('cp -a ' . escapeshellarg($original->directory) . '/. ' . escapeshellarg(scratch() . '/copy'));
$original->start();
$copy = new TestServer([], scratch() . '/copy');

$cache = pool([$original, $copy], true);
for ($i = 0; $i < 10; $i++) {
    $counts[] = $cache->set("key$i", 'value');
    $values[] = $cache->get("key$i");
}
echo 'stored: ', implode(' ', array_unique($counts)), ', read: ', implode(' ', array_unique($values)), "\n";
foreach ([$original, $copy] as $server) {
    echo pool([$server])->get('key0'), ', ', pool([$server])->get('before'), "\n";
}
$copy->kill();
echo 'one is away: ', $cache->set('key', 'value'), "\n";
$copy->start();
wait_until(fn () => $cache->set('key', 'value') === 2, 'the copy');
echo normalize(implode(preg_grep('/copies|one server|another/',
    explode("\n", preg_replace(['/^\[.*?\] /m', '/:\d+\]/'], ['', ':PORT]'], file_get_contents($log)))))), "\n";
?>
--EXPECT--
stored: 2, read: value
value, the copy
value, the copy
one is away: 1
sharedance: [127.0.0.1:PORT] and [127.0.0.1:PORT] run on copies of one directory: they count as two servers
