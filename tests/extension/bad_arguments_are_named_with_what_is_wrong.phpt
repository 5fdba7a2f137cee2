--TEST--
bad arguments are named with what is wrong
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--INI--
memory_limit=256M
--FILE--
<?php
require __DIR__ . '/../helper.inc';

$cache = pool(servers(1));

echo "keys\n";
report(fn () => $cache->set('', 'v'));
report(fn () => $cache->get(str_repeat('k', 255)));
report(fn () => $cache->get(str_repeat('k', 254)));
report(fn () => $cache->getMulti(['k', '']));
report(fn () => $cache->getMulti(['k', str_repeat('k', 300)]));
report(fn () => $cache->deleteMulti(['']));
report(fn () => $cache->setMulti(['k' => 'v', '' => 'v']));
foreach (['has', 'increment', 'decrement', 'getWithVersion'] as $method) {
    report(fn () => $cache->$method(''));
}
report(fn () => $cache->touch('', 1));
report(fn () => $cache->add('', 'v'));
report(fn () => $cache->replace('', 'v'));
report(fn () => $cache->cas('', 'v', 1));

echo "keys on a classic server\n";
$classic = pool([classic(new TestServer())]);
report(fn () => $classic->set('a.b', 'v'));
report(fn () => $classic->get('path/key'));
report(fn () => $classic->delete("line\nkey"));
report(fn () => $classic->get("nul\0key"));
report(fn () => $classic->get('ünïcode'));
report(fn () => $classic->get("\x7f"));
report(fn () => $classic->getMulti(['k', 'a.b']));
report(fn () => $classic->deleteMulti(['k', 'a.b']));

echo "values\n";
report(fn () => $cache->set('k', str_repeat('x', 32 * 1024 * 1024 - 10)));
report(fn () => $cache->set('k', str_repeat('x', 32 * 1024 * 1024 - 9)));
report(fn () => $cache->set('k', str_repeat('x', 32 * 1024 * 1024 + 1)));

echo "lives\n";
report(fn () => $cache->set('k', 'v', -1));
report(fn () => $cache->add('k', 'v', -1));
report(fn () => $cache->replace('k', 'v', -1));
report(fn () => $cache->cas('k', 'v', 1, -1));
report(fn () => $cache->setMulti(['k' => 'v'], -1));
report(fn () => $cache->touch('k', 0));
report(fn () => $cache->touch('k', -1));
report(fn () => $classic->set('k', 'v', 60));
/* Memcached takes what is longer than a month for a date. Each method with a ttl refuses one. */
foreach ((new ReflectionClass('Sharedance'))->getMethods() as $method) {
    if (in_array('ttl', array_column($method->getParameters(), 'name'))) {
        foreach (['a date' => time() + 60, 'ten years and a second' => 3653 * 86400 + 1] as $what => $ttl) {
            try {
                $method->invoke($cache, ...array_map(fn ($parameter) => match ($parameter->name) {
                    'ttl' => $ttl, 'items' => ['never' => 'v'], 'version' => 1, default => 'never',
                }, $method->getParameters()));
                echo "$method->name TOOK $what\n";
            } catch (ValueError $error) {
                $words = ['ten years', 'Memcached', '($ttl)', (string) $ttl];
                echo $method->name, ' ', $what, ': ',
                    json_encode(array_map(fn ($word) => str_contains($error->getMessage(), $word), $words)), "\n";
            }
        }
    }
}

echo "versions and numbers\n";
report(fn () => $cache->cas('k', 'v', 0));
report(fn () => $cache->cas('k', 'v', -1));
foreach (['', '0', '-1', '1 ', '1.5', 'two', "1\0", '99999999999999999999'] as $version) {
    report(fn () => $cache->cas('k', 'v', $version));
}
report(fn () => $cache->increment('k', -1));
report(fn () => $cache->decrement('k', -1));

echo "arrays\n";
report(fn () => $cache->getMulti([['k']]));
report(fn () => $cache->getMulti([1.5]));
report(fn () => $cache->getMulti([null]));
report(fn () => $cache->deleteMulti(['k', true]));
report(fn () => $cache->setMulti(['k' => 'v', 'l' => []]));
report(fn () => $cache->setMulti(['k' => 'v', 'l' => new stdClass()]));
report(fn () => $cache->setMulti(['k' => 'v', 'l' => str_repeat('x', 32 * 1024 * 1024)]));

echo "servers\n";
report(fn () => new SharedanceServer(''));
report(fn () => new SharedanceServer("a\0b"));
report(fn () => new SharedanceServer('a b'));
report(fn () => new SharedanceServer(str_repeat('a', 256)));
report(fn () => new SharedanceServer('unix:'));
report(fn () => new SharedanceServer('unix:relative/path'));
report(fn () => new SharedanceServer('unix:/' . str_repeat('p', 103)));
report(fn () => new SharedanceServer('h', 0));
report(fn () => new SharedanceServer('h', -1));
report(fn () => new SharedanceServer('h', 65536));
report(fn () => new SharedanceServer('h', 1, -1));
report(fn () => new SharedanceServer('h', 1, 0));
report(fn () => new SharedanceServer('h', 1, NAN));
report(fn () => new SharedanceServer('h', 1, INF));
report(fn () => new SharedanceServer('h', 1, 1, 0));
report(fn () => new SharedanceServer('h', 1, 1, -1));
report(fn () => new SharedanceServer('h', 1, 1, 2147483647));

echo "none of it was stored\n";
var_dump($cache->get('k') === str_repeat('x', 32 * 1024 * 1024 - 10));
?>
--EXPECT--
keys
ValueError: Sharedance::set(): Argument #1 ($key) must not be empty
ValueError: Sharedance::get(): Argument #1 ($key) must be at most 254 bytes long, 255 given
returned bool(false)
ValueError: Sharedance::getMulti(): Argument #1 ($keys) must have legal keys only, but one must not be empty
ValueError: Sharedance::getMulti(): Argument #1 ($keys) must have legal keys only, but one must be at most 254 bytes long, 300 given
ValueError: Sharedance::deleteMulti(): Argument #1 ($keys) must have legal keys only, but one must not be empty
ValueError: Sharedance::setMulti(): Argument #1 ($items) must have legal keys only, but one must not be empty
ValueError: Sharedance::has(): Argument #1 ($key) must not be empty
ValueError: Sharedance::increment(): Argument #1 ($key) must not be empty
ValueError: Sharedance::decrement(): Argument #1 ($key) must not be empty
ValueError: Sharedance::getWithVersion(): Argument #1 ($key) must not be empty
ValueError: Sharedance::touch(): Argument #1 ($key) must not be empty
ValueError: Sharedance::add(): Argument #1 ($key) must not be empty
ValueError: Sharedance::replace(): Argument #1 ($key) must not be empty
ValueError: Sharedance::cas(): Argument #1 ($key) must not be empty
keys on a classic server
ValueError: Sharedance::set(): Argument #1 ($key) must be printable ASCII without '.' and '/' on a classic server, '.' found at offset 1
ValueError: Sharedance::get(): Argument #1 ($key) must be printable ASCII without '.' and '/' on a classic server, '/' found at offset 4
ValueError: Sharedance::delete(): Argument #1 ($key) must be printable ASCII without '.' and '/' on a classic server, 0x0a found at offset 4
ValueError: Sharedance::get(): Argument #1 ($key) must be printable ASCII without '.' and '/' on a classic server, 0x00 found at offset 3
ValueError: Sharedance::get(): Argument #1 ($key) must be printable ASCII without '.' and '/' on a classic server, 0xc3 found at offset 0
ValueError: Sharedance::get(): Argument #1 ($key) must be printable ASCII without '.' and '/' on a classic server, 0x7f found at offset 0
SharedancePartialException: Sharedance::getMulti(): Argument #1 ($keys) must have legal keys only, but one must be printable ASCII without '.' and '/' on a classic server, '.' found at offset 1
SharedancePartialException: Sharedance::deleteMulti(): Argument #1 ($keys) must have legal keys only, but one must be printable ASCII without '.' and '/' on a classic server, '.' found at offset 1
values
returned int(1)
ValueError: Sharedance::set(): Argument #2 ($data) must be at most 33554422 bytes long (32 MiB with the key), 33554423 given
ValueError: Sharedance::set(): Argument #2 ($data) must be at most 33554422 bytes long (32 MiB with the key), 33554433 given
lives
ValueError: Sharedance::set(): Argument #3 ($ttl) must be greater than or equal to 0
ValueError: Sharedance::add(): Argument #3 ($ttl) must be greater than or equal to 0
ValueError: Sharedance::replace(): Argument #3 ($ttl) must be greater than or equal to 0
ValueError: Sharedance::cas(): Argument #4 ($ttl) must be greater than or equal to 0
ValueError: Sharedance::setMulti(): Argument #2 ($ttl) must be greater than or equal to 0
ValueError: Sharedance::touch(): Argument #2 ($ttl) must be greater than 0
ValueError: Sharedance::touch(): Argument #2 ($ttl) must be greater than 0
SharedanceUnsupportedException: Failed to write data to [127.0.0.1:PORT] "a time to live of 60 s was asked for, the classic protocol has none"
set a date: [true,true,true,true]
set ten years and a second: [true,true,true,true]
touch a date: [true,true,true,true]
touch ten years and a second: [true,true,true,true]
add a date: [true,true,true,true]
add ten years and a second: [true,true,true,true]
replace a date: [true,true,true,true]
replace ten years and a second: [true,true,true,true]
cas a date: [true,true,true,true]
cas ten years and a second: [true,true,true,true]
setMulti a date: [true,true,true,true]
setMulti ten years and a second: [true,true,true,true]
versions and numbers
ValueError: Sharedance::cas(): Argument #3 ($version) must be greater than 0, as getWithVersion() returns it
ValueError: Sharedance::cas(): Argument #3 ($version) must be greater than 0, as getWithVersion() returns it
ValueError: Sharedance::cas(): Argument #3 ($version) must be greater than 0, as getWithVersion() returns it
ValueError: Sharedance::cas(): Argument #3 ($version) must be greater than 0, as getWithVersion() returns it
ValueError: Sharedance::cas(): Argument #3 ($version) must be greater than 0, as getWithVersion() returns it
ValueError: Sharedance::cas(): Argument #3 ($version) must be greater than 0, as getWithVersion() returns it
ValueError: Sharedance::cas(): Argument #3 ($version) must be greater than 0, as getWithVersion() returns it
ValueError: Sharedance::cas(): Argument #3 ($version) must be greater than 0, as getWithVersion() returns it
ValueError: Sharedance::cas(): Argument #3 ($version) must be greater than 0, as getWithVersion() returns it
ValueError: Sharedance::cas(): Argument #3 ($version) must be greater than 0, as getWithVersion() returns it
ValueError: Sharedance::increment(): Argument #2 ($by) must be greater than or equal to 0
ValueError: Sharedance::decrement(): Argument #2 ($by) must be greater than or equal to 0
arrays
TypeError: Sharedance::getMulti(): Argument #1 ($keys) must be a list of keys of type string, array given
TypeError: Sharedance::getMulti(): Argument #1 ($keys) must be a list of keys of type string, float given
TypeError: Sharedance::getMulti(): Argument #1 ($keys) must be a list of keys of type string, null given
TypeError: Sharedance::deleteMulti(): Argument #1 ($keys) must be a list of keys of type string, bool given
TypeError: Sharedance::setMulti(): Argument #1 ($items) must have values of type string, array given
TypeError: Sharedance::setMulti(): Argument #1 ($items) must have values of type string, stdClass given
ValueError: Sharedance::setMulti(): Argument #1 ($items) must have values of legal length only, but one must be at most 33554422 bytes long (32 MiB with the key), 33554432 given
servers
ValueError: SharedanceServer::__construct(): Argument #1 ($host) must not be empty
ValueError: SharedanceServer::__construct(): Argument #1 ($host) must be a name, an address or unix:/path, 0x00 found at offset 1
ValueError: SharedanceServer::__construct(): Argument #1 ($host) must be a name, an address or unix:/path, ' ' found at offset 1
ValueError: SharedanceServer::__construct(): Argument #1 ($host) must be at most 255 bytes long, 256 given
ValueError: SharedanceServer::__construct(): Argument #1 ($host) must be an absolute path after unix:
ValueError: SharedanceServer::__construct(): Argument #1 ($host) must be an absolute path after unix:
ValueError: SharedanceServer::__construct(): Argument #1 ($host) must have at most 103 bytes after unix:, 104 given
ValueError: SharedanceServer::__construct(): Argument #2 ($port) must be between 1 and 65535, 0 given
ValueError: SharedanceServer::__construct(): Argument #2 ($port) must be between 1 and 65535, -1 given
ValueError: SharedanceServer::__construct(): Argument #2 ($port) must be between 1 and 65535, 65536 given
ValueError: SharedanceServer::__construct(): Argument #3 ($timeout) must be greater than 0 and at most 1000000 seconds
ValueError: SharedanceServer::__construct(): Argument #3 ($timeout) must be greater than 0 and at most 1000000 seconds
ValueError: SharedanceServer::__construct(): Argument #3 ($timeout) must be greater than 0 and at most 1000000 seconds
ValueError: SharedanceServer::__construct(): Argument #3 ($timeout) must be greater than 0 and at most 1000000 seconds
ValueError: SharedanceServer::__construct(): Argument #4 ($weight) must be between 1 and 65535, 0 given
ValueError: SharedanceServer::__construct(): Argument #4 ($weight) must be between 1 and 65535, -1 given
ValueError: SharedanceServer::__construct(): Argument #4 ($weight) must be between 1 and 65535, 2147483647 given
none of it was stored
bool(true)
