--TEST--
two names of one server are one server: an entry is stored once, and the log says so once
--EXTENSIONS--
sharedance
--INI--
log_errors=1
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
if (!function_exists('pcntl_fork')) {
    die('skip pcntl is needed to fork');
}
?>
--FILE--
<?php
require __DIR__ . '/../helper.inc';

$log = scratch() . '/errors';
ini_set('error_log', $log);
[$server, $other] = servers(2);

function by_names(array $names): Sharedance
{
    $cache = new Sharedance(true);
    $cache->addServers(implode(',', $names));
    return $cache;
}

/* What all operations come to. */
function all_of(Sharedance $cache, string $key): string
{
    $came = [$cache->set($key, '1'), $cache->get($key), $cache->set($key, '2'), $cache->has($key), $cache->touch($key, 60),
        $cache->increment($key), $cache->add($key, 'x'), $cache->replace($key, '5')];
    $version = $cache->getWithVersion($key)[1];
    return json_encode([...$came, $cache->cas($key, '6', $version), $cache->get($key), $cache->delete($key),
        $cache->get($key, 'none')]);
}

$names = ["127.0.0.1:{$server->port}", "localhost:{$server->port}"];
$cache = by_names($names);
for ($i = 0; $i < 3; $i++) {
    echo all_of($cache, "key$i"), "\n";
}
echo 'many: ', json_encode($cache->setMulti(['a' => '1', 'b' => '2', 'c' => '3'])), ' ',
    json_encode($cache->getMulti(['a', 'b', 'c', 'd'])), "\n";

$server->kill();
$server->start();
echo 'restarted: ', all_of($cache, 'key'), "\n";

/* workers of the machine */
for ($i = 0; $i < 2; $i++) {
    if (pcntl_fork() === 0) {
        all_of(by_names($names), 'key');
        exit(0);
    }
    pcntl_wait($status);
}
echo tidy(file_get_contents($log));

echo "of three two are one\n";
$three = by_names([...$names, "127.0.0.1:{$other->port}"]);
$copies = [];
for ($i = 0; $i < 30; $i++) {
    $owners = [(string) $three->getServer("key$i"), (string) $three->getReplica("key$i")];
    $pair = in_array("[127.0.0.1:{$other->port}]", $owners) ? 'with the third' : 'both names';
    $copies[$pair][] = $three->set("key$i", 'value');
}
ksort($copies);
foreach ($copies as $pair => $counts) {
    echo "  $pair: ", implode(' ', array_unique($counts)), "\n";
}

$path = scratch() . '/socket';
$both = new TestServer(["--unix-socket=$path", '--port=' . refusing_port()]);
$cache = by_names(["unix:$path", "127.0.0.1:{$both->port}"]);
echo 'a socket and a port: ', all_of($cache, 'key'), "\n";
$both->process->kill();
$both->start();
unlink($path); /* one of both names leads nowhere */
echo '  without the socket: ', all_of($cache, 'key'), "\n";

function tidy(string $lines): string
{
    return normalize(preg_replace(['/^\[.*?\] /m', '/:\d+\]/'], ['', ':PORT]'], $lines));
}
?>
--EXPECT--
[1,"1",1,true,true,3,false,true,true,"6",true,"none"]
[1,"1",1,true,true,3,false,true,true,"6",true,"none"]
[1,"1",1,true,true,3,false,true,true,"6",true,"none"]
many: 3 {"a":"1","b":"2","c":"3"}
restarted: [1,"1",1,true,true,3,false,true,true,"6",true,"none"]
sharedance: [127.0.0.1:PORT] and [localhost:PORT] are one server: an entry that belongs to both is stored once
of three two are one
  both names: 1
  with the third: 2
a socket and a port: [1,"1",1,true,true,3,false,true,true,"6",true,"none"]
  without the socket: [1,"1",1,true,true,3,false,true,true,"6",true,"none"]
