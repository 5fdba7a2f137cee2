--TEST--
a pool that is changed leaves other pools as they are
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

class Counting extends SharedanceServer
{
    public int $closed = 0;

    public function close(): void
    {
        $this->closed++;
        parent::close();
    }
}

$test = servers(1)[0];
$server = new Counting('127.0.0.1', $test->port);

echo "close() closes what no other pool has\n";
$one = new Sharedance();
$two = new Sharedance();
$three = new Sharedance();
foreach ([$one, $two, $three] as $pool) {
    $pool->addServer($server);
}
$one->close();
report(fn () => $two->set('k', 'v'));
report(fn () => $one->get('k'));
$two->close();
report(fn () => $three->get('k'));
echo "closed $server->closed times\n";
unset($two);
$three->close();
echo "closed $server->closed time\n";
$three->addServer($server);
report(fn () => $three->get('k'));

echo "a pool that is gone or has connected elsewhere has it no longer\n";
foreach (['unset', 'connect'] as $how) {
    $server = new Counting('127.0.0.1', $test->port);
    $one = new Sharedance();
    $other = new Sharedance();
    $one->addServer($server);
    $other->addServer($server);
    if ($how === 'unset') {
        unset($other);
    } else {
        $other->connect(new SharedanceServer('h'));
    }
    $one->close();
    echo "$how: closed $server->closed time\n";
}

echo "connect() looks at the new server before it forgets the old ones\n";
$pool = pool([$test]);
report(fn () => $pool->connect((new ReflectionClass('SharedanceServer'))->newInstanceWithoutConstructor()));
report(fn () => $pool->get('k'));
report(fn () => $pool->connect('h'));
echo count($pool->getServers()), " server\n";

echo "what getStats() calls a server, addServers() takes\n";
$pool = new Sharedance();
$hosts = fn (Sharedance $of): array => array_map(fn (array $server): string => trim($server['host'], '[]'), $of->getServers());
$pool->addServers('h:1, [::1]:2, [2001:db8::7]:3, 127.0.0.1:4, unix:///run/a.sock');
$pool->addServer(new SharedanceServer('[fe80::1%eth0]', 5));
$pool->addServer(new SharedanceServer('unix:/run/a b,c?d%e.sock'));
$keys = array_keys($pool->getStats());
echo implode(', ', $keys), "\n";
$again = new Sharedance();
$again->addServers(implode(', ', $keys));
var_dump(array_keys($again->getStats()) === $keys, $hosts($again) === $hosts($pool));
echo "and what it does not take is no host\n";
foreach (['h,i', 'h?weight=2', 'h/1', 'tcp://h', 'h h', "h\xc3\xa9", 'h%25', 'h:1042', '-h'] as $host) {
    report(fn () => new SharedanceServer($host));
}
?>
--EXPECT--
close() closes what no other pool has
returned int(1)
SharedanceException: No Servers Registered
returned string(1) "v"
closed 0 times
closed 1 time
SharedanceConnectionException: Failed to connect on [127.0.0.1:PORT] "the server object is closed"
a pool that is gone or has connected elsewhere has it no longer
unset: closed 1 time
connect: closed 1 time
connect() looks at the new server before it forgets the old ones
ValueError: Sharedance::connect(): Argument #1 ($server) must be a constructed object
returned string(1) "v"
TypeError: Sharedance::connect(): Argument #1 ($server) must be of type SharedanceServer, string given
1 server
what getStats() calls a server, addServers() takes
h:1, [::1]:2, [2001:db8::7]:3, 127.0.0.1:4, unix:/run/a.sock, [fe80::1%eth0]:5, unix:/run/a%20b%2Cc%3Fd%25e.sock
bool(true)
bool(true)
and what it does not take is no host
ValueError: SharedanceServer::__construct(): Argument #1 ($host) must be a name, an address or unix:/path, ',' found at offset 1
ValueError: SharedanceServer::__construct(): Argument #1 ($host) must be a name, an address or unix:/path, '?' found at offset 1
ValueError: SharedanceServer::__construct(): Argument #1 ($host) must be a name, an address or unix:/path, '/' found at offset 1
ValueError: SharedanceServer::__construct(): Argument #1 ($host) must be a name, an address or unix:/path, ':' found at offset 3
ValueError: SharedanceServer::__construct(): Argument #1 ($host) must be a name, an address or unix:/path, ' ' found at offset 1
ValueError: SharedanceServer::__construct(): Argument #1 ($host) must be a name, an address or unix:/path, 0xc3 found at offset 1
ValueError: SharedanceServer::__construct(): Argument #1 ($host) must be a name, an address or unix:/path, '%' found at offset 1
ValueError: SharedanceServer::__construct(): Argument #1 ($host) must be a name, an address or unix:/path, ':' found at offset 1
ValueError: SharedanceServer::__construct(): Argument #1 ($host) must be a name, an address or unix:/path, '-' found at offset 0
