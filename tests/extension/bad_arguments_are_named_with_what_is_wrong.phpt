--TEST--
bad arguments are named with what is wrong
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
report(fn () => $cache->set('a.b', 'v'));
report(fn () => $cache->get('path/key'));
report(fn () => $cache->delete("line\nkey"));
report(fn () => $cache->get("nul\0key"));
report(fn () => $cache->get('ünïcode'));
report(fn () => $cache->get("\x7f"));

echo "values\n";
report(fn () => $cache->set('k', str_repeat('x', 32 * 1024 * 1024 - 10)));
report(fn () => $cache->set('k', str_repeat('x', 32 * 1024 * 1024 - 9)));
report(fn () => $cache->set('k', str_repeat('x', 32 * 1024 * 1024 + 1)));

echo "lives\n";
report(fn () => $cache->set('k', 'v', -1));
report(fn () => $cache->set('k', 'v', 60));

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
report(fn () => new SharedanceServer('h', 1, 1, PHP_INT_MAX));

echo "none of it was stored\n";
var_dump($cache->get('k') === str_repeat('x', 32 * 1024 * 1024 - 10));
?>
--EXPECT--
keys
ValueError: Sharedance::set(): Argument #1 ($key) must not be empty
ValueError: Sharedance::get(): Argument #1 ($key) must be at most 254 bytes long, 255 given: byte 0x6b at offset 254 is one too many
returned bool(false)
ValueError: Sharedance::set(): Argument #1 ($key) must be printable ASCII without "." and "/", byte 0x2e found at offset 1
ValueError: Sharedance::get(): Argument #1 ($key) must be printable ASCII without "." and "/", byte 0x2f found at offset 4
ValueError: Sharedance::delete(): Argument #1 ($key) must be printable ASCII without "." and "/", byte 0x0a found at offset 4
ValueError: Sharedance::get(): Argument #1 ($key) must be printable ASCII without "." and "/", byte 0x00 found at offset 3
ValueError: Sharedance::get(): Argument #1 ($key) must be printable ASCII without "." and "/", byte 0xc3 found at offset 0
ValueError: Sharedance::get(): Argument #1 ($key) must be printable ASCII without "." and "/", byte 0x7f found at offset 0
values
returned int(1)
ValueError: Sharedance::set(): Argument #2 ($data) must be at most 33554422 bytes long (32 MiB with the key), 33554423 given
ValueError: Sharedance::set(): Argument #2 ($data) must be at most 33554422 bytes long (32 MiB with the key), 33554433 given
lives
ValueError: Sharedance::set(): Argument #3 ($ttl) must be greater than or equal to 0
SharedanceException: Failed to write data to [127.0.0.1:PORT] "a time to live of 60 s was asked for, the classic protocol has none"
servers
ValueError: SharedanceServer::__construct(): Argument #1 ($host) must not be empty
ValueError: SharedanceServer::__construct(): Argument #1 ($host) must be a name, an address or unix:/path, byte 0x00 found at offset 1
ValueError: SharedanceServer::__construct(): Argument #1 ($host) must be a name, an address or unix:/path, byte 0x20 found at offset 1
ValueError: SharedanceServer::__construct(): Argument #1 ($host) must be at most 255 bytes long, 256 given
ValueError: SharedanceServer::__construct(): Argument #1 ($host) must be an absolute path after "unix:"
ValueError: SharedanceServer::__construct(): Argument #1 ($host) must be an absolute path after "unix:"
ValueError: SharedanceServer::__construct(): Argument #1 ($host) must have at most 103 bytes after "unix:", 104 given
ValueError: SharedanceServer::__construct(): Argument #2 ($port) must be between 1 and 65535, 0 given
ValueError: SharedanceServer::__construct(): Argument #2 ($port) must be between 1 and 65535, -1 given
ValueError: SharedanceServer::__construct(): Argument #2 ($port) must be between 1 and 65535, 65536 given
ValueError: SharedanceServer::__construct(): Argument #3 ($timeout) must be greater than 0 and at most 1000000 seconds
ValueError: SharedanceServer::__construct(): Argument #3 ($timeout) must be greater than 0 and at most 1000000 seconds
ValueError: SharedanceServer::__construct(): Argument #3 ($timeout) must be greater than 0 and at most 1000000 seconds
ValueError: SharedanceServer::__construct(): Argument #3 ($timeout) must be greater than 0 and at most 1000000 seconds
ValueError: SharedanceServer::__construct(): Argument #4 ($weight) must be between 1 and 65535, 0 given
ValueError: SharedanceServer::__construct(): Argument #4 ($weight) must be between 1 and 65535, -1 given
ValueError: SharedanceServer::__construct(): Argument #4 ($weight) must be between 1 and 65535, 9223372036854775807 given
none of it was stored
bool(true)
