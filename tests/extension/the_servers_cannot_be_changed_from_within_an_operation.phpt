--TEST--
the servers cannot be changed from within an operation
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/../helper.inc';

class ChangingServer extends SharedanceServer
{
    public Sharedance $cache;
    public string $method;
    public array $arguments;

    public function send(string $command): string
    {
        return (string) $this->cache->{$this->method}(...$this->arguments);
    }
}

$cache = new Sharedance();
$server = new ChangingServer('x');
$server->cache = $cache;
$cache->addServer($server);
$calls = [
    'close' => [],
    'connect' => [$server],
    'addServers' => ['y:1'],
    'addServer' => [new SharedanceServer('y')],
];
foreach ($calls as $method => $arguments) {
    $server->method = $method;
    $server->arguments = $arguments;
    report(fn () => $cache->get('k'));
}
/* looking is allowed, and afterwards so is changing */
$server->method = 'getServer';
$server->arguments = ['k'];
report(fn () => normalize($cache->get('k')));
$cache->close();
report(fn () => $cache->get('k'));
?>
--EXPECT--
Error: The servers of a Sharedance object cannot be changed from within its own operation
Error: The servers of a Sharedance object cannot be changed from within its own operation
Error: The servers of a Sharedance object cannot be changed from within its own operation
Error: The servers of a Sharedance object cannot be changed from within its own operation
returned string(8) "[x:PORT]"
SharedanceException: No Servers Registered
