--TEST--
memcached is spoken to as it is
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require __DIR__ . '/../helper.inc';
skip_unless_memcached();
?>
--INI--
memory_limit=256M
--FILE--
<?php
require __DIR__ . '/../helper.inc';

echo "one: all there is\n";
$memcached = new MemcachedServer();
$cache = pool([$memcached]);
report(fn () => $cache->set('k', 'v', 100));
report(fn () => $cache->get('k'));
report(fn () => $cache->has('k'));
report(fn () => $cache->touch('k', 60 * 24 * 3600));
report(fn () => $cache->add('k', 'w'));
report(fn () => $cache->replace('k', '5'));
report(fn () => $cache->increment('k', 3));
report(fn () => $cache->decrement('k', 7));
report(fn () => $cache->increment('none'));
[$value, $version] = $cache->getWithVersion('k');
report(fn () => $cache->cas('k', 'late', $version - 1));
report(fn () => $cache->cas('k', 'new', $version));
report(fn () => $cache->increment('k'));
report(fn () => $cache->delete('k'));
report(fn () => $cache->delete('k'));
report(fn () => $cache->set('empty', ''));
report(fn () => $cache->getMulti(['empty', 'none', 'empty']));
$keys = array_map(fn (int $i) => "key-$i", range(0, 999));
var_dump($cache->setMulti(array_combine($keys, $keys)), $cache->getMulti([...$keys, 'none']) === array_combine($keys, $keys));

echo "what it refuses\n";
report(fn () => $cache->set('big', str_repeat('x', 2 << 20)));
report(fn () => $cache->setMulti(['a' => 'a', 'big' => str_repeat('x', 2 << 20), 'b' => 'b']));
report(fn () => $cache->get('big', 'none'));
report(fn () => $cache->set('half a megabyte', str_repeat('x', 1 << 19)));
report(fn () => $cache->get(str_repeat('k', 250)));
report(fn () => $cache->get(str_repeat('k', 251)));
report(fn () => $cache->get(str_repeat("\n", 186)));
report(fn () => $cache->get(str_repeat("\n", 187)));
report(fn () => $cache->getMulti(['empty', str_repeat('k', 251)]));
report(fn () => $cache->get('empty'));

echo "killed\n";
$memcached->process->kill();
report(fn () => $cache->get('empty'));

echo "two: conditional writes where they have versions that order writes\n";
$servers = [new MemcachedServer(), new MemcachedServer()];
$cache = pool($servers, true);
report(fn () => $cache->set('k', '5', 100));
report(fn () => $cache->touch('k', 100));
report(fn () => $cache->getMulti(['k']));
$came_to = [];
foreach (['add' => ['new', 'v'], 'replace' => ['new', 'w'], 'increment' => ['k'], 'cas' => ['k', 'v', 5]] as $method => $arguments) {
    try {
        $came_to[] = $cache->$method(...$arguments);
    } catch (SharedanceException $exception) {
        $came_to[] = $exception->getMessage();
    }
}
$none = 'a conditional write needs servers with versions, and one of the key\'s has none';
var_dump($came_to === (orders_writes($servers[0]) ? [true, true, 6, false] : array_fill(0, 4, $none)) ?: $came_to);
?>
--EXPECT--
one: all there is
returned int(1)
returned string(1) "v"
returned bool(true)
returned bool(true)
returned bool(false)
returned bool(true)
returned int(8)
returned int(1)
returned bool(false)
returned bool(false)
returned bool(true)
SharedanceException: Failed to send command to [127.0.0.1:PORT] "the server says CLIENT_ERROR cannot increment or decrement non-numeric value"
returned bool(true)
returned bool(false)
returned int(1)
returned array(1) {
  ["empty"]=>
  string(0) ""
}
int(1000)
bool(true)
what it refuses
SharedanceException: Failed to write data to [127.0.0.1:PORT] "the server says SERVER_ERROR object too large for cache (sharedanced --maxreadsize, memcached -I)"
SharedancePartialException: Failed to write data to [127.0.0.1:PORT] "the server says SERVER_ERROR object too large for cache (sharedanced --maxreadsize, memcached -I)"
returned string(4) "none"
returned int(1)
returned bool(false)
ValueError: Sharedance::get(): Argument #1 ($key) must be at most 250 bytes long on memcached, or 186 where it is not printable ASCII without spaces, 251 given
returned bool(false)
ValueError: Sharedance::get(): Argument #1 ($key) must be at most 250 bytes long on memcached, or 186 where it is not printable ASCII without spaces, 187 given
SharedancePartialException: Sharedance::getMulti(): Argument #1 ($keys) must have legal keys only, but one must be at most 250 bytes long on memcached, or 186 where it is not printable ASCII without spaces, 251 given
returned string(0) ""
killed
SharedanceConnectionException: Failed to connect on [127.0.0.1:PORT] "Connection refused"
two: conditional writes where they have versions that order writes
returned int(2)
returned bool(true)
returned array(1) {
  ["k"]=>
  string(1) "5"
}
bool(true)
