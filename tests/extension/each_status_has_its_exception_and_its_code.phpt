--TEST--
each status has its exception and its code
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

class Aborting extends SharedanceServer
{
    public function send(string $command): string
    {
        throw new DomainException('the caller gives up');
    }
}

function one(object $server, float $timeout = 10): Sharedance
{
    return pool([$server], false, $timeout);
}

/* A server that was away, and whose other one is gone. */
function unproven(): string|false
{
    $servers = servers(2);
    $cache = pool($servers, true);
    $cache->set('k', 'old');
    $servers[0]->kill();
    $servers[0]->start();
    $servers[1]->kill();
    return $cache->get('k');
}

$server = new TestServer();
$cache = one($server);
$silent = one(new BrokenServer('silent'), 0.3);
$refusing = new Sharedance();
$refusing->addServers('[::1]:' . ($port = refusing_port()));
ini_set('sharedance.connect_timeout', '5');
$cases = [
    'OK' => fn () => $cache->set('k', 'v'),
    'ABSENT' => fn () => $cache->get('none'),
    'CONFLICT' => fn () => $cache->cas('k', 'v', 1),
    'REFUSED' => fn () => $cache->set('text', 'no number') && $cache->increment('text'),
    'BAD_ANSWER' => function () {
        $garbage = new BrokenServer('answers', bin2hex("ERROR\r\n"));
        $cache = new Sharedance();
        $cache->addServer(new SharedanceServer('127.0.0.1', $garbage->port, 10, 1, 'classic'));
        return $cache->set('k', 'v');
    },
    'CLOSED' => fn () => one(new BrokenServer('resets'))->get('k'),
    'TIMEOUT' => fn () => $silent->get('k'),
    'UNREACHABLE' => fn () => $refusing->get('k'),
    'DEAD' => function () use ($silent) {
        ini_set('sharedance.retry_interval', '60');
        try {
            one($GLOBALS['dead'] = new BrokenServer('silent'))->get('k');
        } catch (SharedanceTimeoutException) {
        }
        return one($GLOBALS['dead'])->get('k');
    },
    'BAD_KEY' => fn () => $cache->get(''),
    'TOO_LARGE' => fn () => $cache->set('k', str_repeat('x', 32 << 20)),
    'UNSUPPORTED' => fn () => one(classic($server))->touch('k', 1),
    'BAD_SERVER' => fn () => $cache->addServers('a b:c'),
    'DUPLICATE' => fn () => $cache->addServers("127.0.0.1:$server->port"),
    'NO_SERVERS' => fn () => (new Sharedance())->get('k'),
    'NO_ROTATION' => fn () => pool([$server], true)->get('k'),
    'NO_MEMORY' => null, /* PHP itself ends the script */
    'UNPROVEN' => unproven(...),
    'AMBIGUOUS' => null, /* it is about locks, hence about sessions, which warn */
    'ABORTED' => function () {
        $cache = new Sharedance();
        $cache->addServer(new Aborting('h'));
        return $cache->get('k');
    },
];

/* the table in wire/status.h: a status that is added needs a case here */
preg_match_all('/^\tX\((\w+), "/m', file_get_contents(__DIR__ . '/../../wire/status.h'), $names);
var_dump($names[1] === array_keys($cases));

$codes = array_flip((new ReflectionClass('SharedanceException'))->getConstants());
foreach (array_filter($cases) as $name => $case) {
    try {
        $result = json_encode($case());
        echo "$name: returned $result\n";
    } catch (SharedanceException $failure) {
        echo "$name: ", get_class($failure), ', ', $codes[$failure->getCode()] ?? 'NO CODE';
        if ($failure instanceof SharedanceConnectionException) {
            /* as addServers() takes it, and as the message names it */
            $address = $failure->getServer();
            (new Sharedance())->addServers($address);
            echo ' of ', preg_replace('/\d+$/', 'PORT', $address);
            echo str_contains($failure->getMessage(), '[' . str_replace(['[', ']'], '', $address) . ']') ? '' : ", BUT: {$failure->getMessage()}";
        }
        echo "\n";
    } catch (Throwable $thrown) {
        echo "$name: ", get_class($thrown), "\n";
    }
}

echo "what has no status\n";
$cache->set('number', (string) PHP_INT_MAX);
foreach ([fn () => $cache->increment('number'), function () use ($server) {
    $cache = one(classic($server));
    $cache->set('k', 'v');
    return $cache->getWithVersion('k');
}] as $case) {
    try {
        var_dump($case());
    } catch (SharedanceException $failure) {
        echo get_class($failure), ', ', $codes[$failure->getCode()] ?? 'NO CODE', "\n";
    }
}
echo "codes are not renumbered, and none is used twice\n";
echo count($codes), ' ', json_encode((new ReflectionClass('SharedanceException'))->getConstants()), "\n";
echo "one's own\n";
var_dump((new SharedanceConnectionException('of a send()', 7))->getServer());
?>
--EXPECT--
bool(true)
OK: returned 1
ABSENT: returned false
CONFLICT: returned false
REFUSED: SharedanceException, REFUSED
BAD_ANSWER: SharedanceConnectionException, BAD_ANSWER of 127.0.0.1:PORT
CLOSED: SharedanceConnectionException, CLOSED of 127.0.0.1:PORT
TIMEOUT: SharedanceTimeoutException, TIMEOUT
UNREACHABLE: SharedanceConnectionException, UNREACHABLE of [::1]:PORT
DEAD: SharedanceConnectionException, DEAD of 127.0.0.1:PORT
BAD_KEY: ValueError
TOO_LARGE: ValueError
UNSUPPORTED: SharedanceUnsupportedException, UNSUPPORTED
BAD_SERVER: ValueError
DUPLICATE: ValueError
NO_SERVERS: SharedanceException, NO_SERVERS
NO_ROTATION: SharedanceException, NO_ROTATION
UNPROVEN: SharedanceUnprovenException, UNPROVEN
ABORTED: DomainException
what has no status
SharedanceException, NO_INTEGER
SharedanceUnsupportedException, UNSUPPORTED
codes are not renumbered, and none is used twice
13 {"REFUSED":1,"BAD_ANSWER":2,"CLOSED":3,"TIMEOUT":4,"UNREACHABLE":5,"DEAD":6,"UNSUPPORTED":7,"NO_SERVERS":8,"NO_ROTATION":9,"NO_MEMORY":10,"UNPROVEN":11,"AMBIGUOUS":12,"NO_INTEGER":13}
one's own
NULL
