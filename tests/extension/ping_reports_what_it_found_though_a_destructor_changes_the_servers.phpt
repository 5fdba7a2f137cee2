--TEST--
ping reports what it found though a destructor changes the servers
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/../helper.inc';

/* What a send() throws is freed as the operation ends. Under valgrind nothing that was freed is used. */
class ChangingException extends SharedanceException
{
    public static ?Closure $change = null;

    public function __destruct()
    {
        try {
            (self::$change)();
        } catch (Error) { /* the first one, while the second server is asked */
        }
    }
}

class AwayServer extends SharedanceServer
{
    public function send(string $command): string
    {
        throw new ChangingException('away');
    }
}

$changes = [
    fn (Sharedance $cache) => $cache->addServers(implode(',', range('c', 'z'))),
    fn (Sharedance $cache) => $cache->connect(new AwayServer('x')),
    fn (Sharedance $cache) => $cache->close(),
];
foreach ($changes as $change) {
    $cache = new Sharedance(true);
    $cache->addServer(new AwayServer('a'));
    $cache->addServer(new AwayServer('b'));
    ChangingException::$change = fn () => $change($cache);
    echo json_encode($cache->ping()), ' ', count($cache->getServers()), "\n";
}
?>
--EXPECT--
{"a:1042":null,"b:1042":null} 26
{"a:1042":null,"b:1042":null} 1
{"a:1042":null,"b:1042":null} 0
