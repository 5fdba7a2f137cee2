--TEST--
a server restarted between two operations costs no failure
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

$operations = [
    'get' => fn ($cache) => $cache->get('k'),
    'set' => fn ($cache) => $cache->set('k', '1'),
    'has' => fn ($cache) => $cache->has('k'),
    'touch' => fn ($cache) => $cache->touch('k', 100),
    'add' => fn ($cache) => $cache->add('k', 'x'),
    'replace' => fn ($cache) => $cache->replace('k', '1'),
    'increment' => fn ($cache) => $cache->increment('k'),
    'getWithVersion' => fn ($cache) => $cache->getWithVersion('k')[0],
    'cas' => fn ($cache) => $cache->cas('k', '2', 1),
    'getMulti' => fn ($cache) => count($cache->getMulti(['k', 'l'])),
    'setMulti' => fn ($cache) => $cache->setMulti(['k' => '1', 'l' => '2']),
    'delete' => fn ($cache) => $cache->delete('k'),
    'deleteMulti' => fn ($cache) => $cache->deleteMulti(['k', 'l']),
];
$servers = servers(2);
foreach ([false, true] as $redundancy) {
    foreach (['SIGTERM', 'SIGKILL'] as $how) {
        $cache = pool($redundancy ? $servers : [$servers[0]], $redundancy);
        echo "$how", $redundancy ? ' to both' : '', ":";
        foreach ($operations as $name => $operation) {
            $ignored = $cache->setMulti(['k' => '1', 'l' => '2']);
            foreach ($servers as $server) {
                $how === 'SIGTERM' ? $server->stop() : $server->kill();
            }
            foreach ($servers as $server) {
                $server->start();
            }
            try {
                echo " $name ", json_encode($operation($cache));
            } catch (SharedanceException $error) {
                echo "\n", normalize($error->getMessage()), "\n";
            }
        }
        echo "\n";
    }
}
?>
--EXPECT--
SIGTERM: get "1" set 1 has true touch true add false replace true increment 2 getWithVersion "1" cas false getMulti 2 setMulti 2 delete true deleteMulti 2
SIGKILL: get "1" set 1 has true touch true add false replace true increment 2 getWithVersion "1" cas false getMulti 2 setMulti 2 delete true deleteMulti 2
SIGTERM to both: get "1" set 2 has true touch true add false replace true increment 2 getWithVersion "1" cas false getMulti 2 setMulti 2 delete true deleteMulti 2
SIGKILL to both: get "1" set 2 has true touch true add false replace true increment 2 getWithVersion "1" cas false getMulti 2 setMulti 2 delete true deleteMulti 2
