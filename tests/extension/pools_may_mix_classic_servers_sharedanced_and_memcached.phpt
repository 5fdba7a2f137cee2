--TEST--
pools may mix classic servers sharedanced and memcached
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
skip_unless_memcached();
?>
--FILE--
<?php
require __DIR__ . '/../helper.inc';

$make = [
    'sharedanced' => fn () => new TestServer(),
    'classic' => fn () => classic(new TestServer()),
    'memcached' => fn () => new MemcachedServer(),
];
$keys = array_map(fn (int $i) => "key-$i", range(1, 12));

/* Both ways round: each of the keys has one of the servers as its first. */
foreach ([['sharedanced', 'sharedanced'], ['sharedanced', 'classic'], ['sharedanced', 'memcached'], ['classic', 'memcached'], ['memcached', 'memcached'], ['classic', 'classic']] as $kinds) {
    $servers = array_map(fn (string $kind) => $make[$kind](), $kinds);
    $cache = pool($servers, true);
    $remembers = array_filter($servers, fn ($server) => $server instanceof MemcachedServer && orders_writes($server)) !== [];
    $facts = [];
    $fact = function (string $what, bool $true) use (&$facts): void {
        if (!$true) {
            $facts[] = $what;
        }
    };
    foreach ($keys as $key) {
        $fact("$key set", $cache->set($key, "v-$key") === 2);
        $fact("$key get", $cache->get($key) === "v-$key");
        $fact("$key set again", $cache->set($key, "w-$key") === 2);
        $fact("$key get again", $cache->get($key) === "w-$key");
        $fact("$key none", $cache->get("not-$key", 'none') === 'none');
    }
    $fact('getMulti', $cache->getMulti($keys) === array_combine($keys, array_map(fn ($key) => "w-$key", $keys)));
    foreach ($servers as $i => $server) {
        $alone = pool([$server]);
        $fact("server $i has all", count($alone->getMulti($keys)) === count($keys));
    }
    foreach (array_slice($keys, 0, 6) as $key) {
        $fact("$key delete", $cache->delete($key) === true);
        $fact("$key deleted", $cache->get($key, 'none') === 'none');
        /* a memcached that orders writes remembers the delete in the entry's place: there is one to delete */
        $fact("$key delete again", $cache->delete($key) === $remembers);
        $fact("$key set after delete", $cache->set($key, 'back') === 2);
        $fact("$key get after delete", $cache->get($key) === 'back');
        $cache->delete($key);
    }
    $fact('setMulti', $cache->setMulti(array_fill_keys($keys, 'm')) === count($keys));
    $fact('deleteMulti', $cache->deleteMulti([...$keys, 'other']) === count($keys));
    $fact('nothing left', $cache->getMulti($keys) === []);
    $ignored = $cache->setMulti(array_fill_keys($keys, 'm'));

    /* the second dies, and the first has it all: every key, whichever of the two is its first */
    $servers[1]->process->kill();
    foreach ($keys as $key) {
        $fact("$key get from one", $cache->get($key) === 'm');
        $fact("$key set on one", $cache->set($key, 'one') === 1);
        $fact("$key get after set on one", $cache->get($key) === 'one');
    }
    $fact('getMulti from one', $cache->getMulti($keys) === array_fill_keys($keys, 'one'));
    $fact('delete on one', $cache->delete($keys[0]) && $cache->get($keys[0], 'none') === 'none');

    /* and both */
    $servers[0]->process->kill();
    try {
        $cache->get($keys[1]);
        $facts[] = 'both are dead, and get does not fail';
    } catch (SharedanceException $error) {
        $fact('both are named', str_contains($error->getMessage(), (string) $servers[0]->object())
            && str_contains($error->getMessage(), (string) $servers[1]->object()));
    }
    echo implode(' and ', $kinds), ': ', $facts === [] ? 'as it should be' : "\n  " . implode("\n  ", $facts), "\n";
}

echo "three of a kind each, without redundancy\n";
$servers = array_map(fn (string $kind) => $make[$kind](), ['sharedanced', 'classic', 'memcached']);
$cache = pool($servers);
$all = [];
foreach (range(1, 60) as $i) {
    $all["key-$i"] = "value-$i";
}
var_dump($cache->setMulti($all), $cache->getMulti(array_keys($all)) == $all, $cache->deleteMulti(array_keys($all)));
?>
--EXPECT--
sharedanced and sharedanced: as it should be
sharedanced and classic: as it should be
sharedanced and memcached: as it should be
classic and memcached: as it should be
memcached and memcached: as it should be
classic and classic: as it should be
three of a kind each, without redundancy
int(60)
bool(true)
int(60)
