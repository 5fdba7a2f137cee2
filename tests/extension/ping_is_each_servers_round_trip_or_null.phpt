--TEST--
ping() is each server's round trip in seconds, or null if it did not answer, and throws nothing
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
skip_unless_memcached();
?>
--INI--
sharedance.timeout=2
sharedance.connect_timeout=1
sharedance.retry_interval=1000
--FILE--
<?php
require __DIR__ . '/../helper.inc';

/* A server that is asked by the user's own code. */
class Own extends SharedanceServer
{
    public ?Throwable $throws = null;
    public array $asked = [];

    public function send(string $command): string
    {
        $this->asked[] = $command;
        if ($this->throws !== null) {
            throw $this->throws;
        }
        return '';
    }
}

$servers = servers(2);
$classic = classic($servers[1]);
$memcached = new MemcachedServer();
$silent = new BrokenServer('hole');
$refusing = refusing_port();
$pool = new Sharedance();
$own = new Own('own');
foreach ([$servers[0]->object(), $servers[1]->object(), new SharedanceServer('127.0.0.1', $classic->port), $memcached->object(),
    new SharedanceServer('127.0.0.1', $silent->port), new SharedanceServer('127.0.0.1', $refusing), $own] as $server) {
    $pool->addServer($server);
}
$names = ['sharedanced', 'another', 'classic', 'memcached', 'silent', 'refusing', 'own send()'];
foreach (['not connected yet', 'connected'] as $when) {
    echo "$when\n";
    $began = hrtime(true);
    $pings = $pool->ping();
    $took = (hrtime(true) - $began) / 1e9;
    foreach (array_combine($names, $pings) as $name => $seconds) {
        echo "  $name: ", $seconds === null ? 'null' : (is_float($seconds) && $seconds >= 0 && $seconds <= $took ? 'a time' : "$seconds of $took"), "\n";
    }
}
var_dump(array_keys($pings) === array_keys($pool->getStats()));
echo 'the silent one costs its time once, and then nothing: ', $took < 1 ? 'yes' : "NO, $took", "\n";
echo 'nothing was stored: ', json_encode($servers[0]->object()->send(fetch('sharedance-ping'))), "\n";

$own->throws = new SharedanceException('I am away');
var_dump($pool->ping()['own:1042']);
$own->throws = new LogicException('I am wrong');
try {
    $pool->ping();
} catch (LogicException $exception) {
    echo $exception->getMessage(), "\n";
}
$own->throws = null;
$servers[0]->kill();
echo 'after its death: ', json_encode(array_values($pool->ping())[0]), ', ', is_float(array_values($pool->ping())[1]) ? 'and the other one answers' : 'and NO OTHER', "\n";
echo 'without a server: ', json_encode((new Sharedance())->ping()), "\n";

?>
--EXPECT--
not connected yet
  sharedanced: a time
  another: a time
  classic: a time
  memcached: a time
  silent: null
  refusing: null
  own send(): a time
connected
  sharedanced: a time
  another: a time
  classic: a time
  memcached: a time
  silent: null
  refusing: null
  own send(): a time
bool(true)
the silent one costs its time once, and then nothing: yes
nothing was stored: ""
NULL
I am wrong
after its death: null, and the other one answers
without a server: []
