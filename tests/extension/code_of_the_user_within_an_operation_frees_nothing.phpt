--TEST--
code of the user within an operation frees nothing
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/../helper.inc';

/*
 * Each public method is called from within each kind of the user's code that can run while an
 * operation is under way: send(), the error handler, a destructor, and a serializer. What would
 * free what the operation uses throws an Error, everything else works, and so do pool and session
 * afterwards. Under valgrind nothing that was freed is used.
 */
ini_set('session.use_cookies', '0');
ini_set('session.cache_limiter', '');
ini_set('session.use_strict_mode', '0');
ob_start();

/* An answer, or an exception, whose destructor is the user's code. */
class Failure extends SharedanceException
{
    public ?Closure $then = null;

    public function __destruct()
    {
        $this->then !== null && run($this->then);
    }
}

class Store extends SharedanceServer
{
    public static array $entries = [];
    public static ?Closure $code = null;
    public static string $where = '';

    public function send(string $command): string
    {
        $code = self::$code;
        if ($code !== null && self::$where !== 'error handler') {
            self::$code = null;
            if (self::$where === 'send()') {
                run($code);
            } else {
                $failure = new Failure('away');
                $failure->then = $code;
                throw $failure;
            }
        } elseif ($code !== null) {
            throw new SharedanceException('away');
        }
        $length = unpack('N', $command, 1)[1];
        if ($command[0] === 'S') {
            self::$entries[substr($command, 9, $length)] = substr($command, 9 + $length);
        }
        return $command[0] === 'F' ? self::$entries[substr($command, 5)] ?? '' : "OK\n";
    }
}

/* What came of the call is recorded, and its exception goes no further. */
function run(Closure $code): void
{
    try {
        $code();
        Noted::$what[] = 'works';
    } catch (Error $error) {
        Noted::$what[] = $error->getMessage();
    } catch (Exception $exception) {
        Noted::$what[] = 'fails';
    }
}

class Noted
{
    public static array $what = [];
}

class Serialized
{
    public function __serialize(): array
    {
        $code = Store::$code;
        Store::$code = null;
        $code !== null && run($code);
        return [];
    }
}

set_error_handler(static function (int $level, string $message): bool {
    $code = Store::$code;
    Store::$code = null;
    if ($code !== null) {
        run($code);
    }
    return true;
});

/* A pool of two servers that nobody else has, and a session on it that has been read. */
function made(): array
{
    $pool = new Sharedance(true);
    $pool->addServer(new Store('one'));
    $pool->addServer(new Store('two'));
    $session = new SharedanceSession($pool);
    $session->open('', '');
    $session->read('id');
    return [$pool, $session];
}

/* The operations that user code runs within. */
$operations = [
    'get' => fn ($pool) => $pool->get('k'),
    'set' => fn ($pool) => $pool->set('k', 'v'),
    'getMulti' => fn ($pool) => $pool->getMulti(['k', 'l']),
    'setMulti' => fn ($pool) => $pool->setMulti(['k' => 'v', 'l' => 'v']),
    'delete' => fn ($pool) => $pool->delete('k'),
    'read' => fn ($pool, $session) => $session->read('id'),
    'read of another' => fn ($pool, $session) => $session->read('other'),
    'write' => fn ($pool, $session) => $session->write('id', 'v'),
    'write of another' => fn ($pool, $session) => $session->write('other', 'v'),
    'updateTimestamp' => fn ($pool, $session) => $session->updateTimestamp('id', 'v'),
    'destroy' => fn ($pool, $session) => $session->destroy('id'),
    'validateId' => fn ($pool, $session) => $session->validateId('other'),
];
/* Every public method of the classes: a new one without arguments here is reported. What needs more
 * than the classic protocol fails, but is begun. */
$arguments = [
    'Sharedance' => ['__construct' => [true], 'addServer' => [new Store('new')], 'addServers' => ['new:1'],
        'connect' => [new Store('new')], 'close' => [], 'getServer' => ['k'], 'getReplica' => ['k'],
        'get' => ['k'], 'getWithVersion' => ['k'], 'set' => ['k', 'v'], 'delete' => ['k'], 'has' => ['k'],
        'touch' => ['k', 60], 'add' => ['k', 'v'], 'replace' => ['k', 'v'], 'cas' => ['k', 'v', 1], 'increment' => ['k'],
        'decrement' => ['k'], 'getMulti' => [['k']], 'setMulti' => [['k' => 'v']], 'deleteMulti' => [['k']],
        'getServers' => [], 'getStats' => [], 'ping' => []],
    'SharedanceSession' => ['__construct' => [new Sharedance()], 'open' => ['', ''], 'close' => [], 'read' => ['id'],
        'write' => ['id', 'v'], 'destroy' => ['id'], 'gc' => [1], 'updateTimestamp' => ['id', 'v'],
        'validateId' => ['id'], 'create_sid' => []],
    'SharedanceServer' => ['__construct' => ['other'], 'send' => ["F\0\0\0\1k"], 'close' => [], '__toString' => []],
];
/* The object of that class. */
function of_class(string $class, Sharedance $pool, SharedanceSession $session): object
{
    return ['Sharedance' => $pool, 'SharedanceSession' => $session, 'SharedanceServer' => $pool->getServer('k')][$class];
}

$calls = [];
foreach ($arguments as $class => $methods) {
    foreach (get_class_methods($class) as $method) {
        if (!array_key_exists($method, $methods)) {
            echo "$class::$method(): no arguments\n";
        } else {
            $calls["$class::$method"] = [$class, $method, $methods[$method]];
        }
    }
}
$calls['unset of all'] = [null, null, null];
$calls['gc_collect_cycles'] = [null, 'gc', null];

$outcomes = [];
$unexpected = [];
foreach (['send()', 'destructor', 'error handler'] as $where) {
    foreach ($operations as $operation => $operate) {
        foreach ($calls as $name => [$class, $method, $with]) {
            [$pool, $session] = made();
            $copies = new stdClass();
            $copies->pool = $pool;
            $copies->session = $session;
            Noted::$what = [];
            Store::$where = $where;
            Store::$code = static function () use ($copies, $class, $method, $with) {
                if ($class === null) {
                    unset($copies->pool, $copies->session);
                    $method === null || gc_collect_cycles();
                    return;
                }
                $ignored = of_class($class, $copies->pool, $copies->session)->$method(...$with);
            };
            try {
                $operate($pool, $session);
            } catch (SharedanceException $exception) {
                unset($exception);
            }
            Store::$code = null;
            $outcomes[$where][$name][implode(' / ', Noted::$what)][] = $operation;
            /* all is in order */
            try {
                $pool->set('after', 'v');
            } catch (SharedanceException $exception) { /* a server was closed, and is not asked again */
                $name === 'SharedanceServer::close' || print("$name: {$exception->getMessage()}\n");
                unset($exception);
            }
            $session->close();
            $session->open('', '');
            $session->read('id');
            $session->write('id', 'v');
            $session->close();
            $pool->close();
            unset($pool, $session, $copies);
        }
    }
}
foreach ($outcomes as $where => $names) {
    echo "$where\n";
    foreach ($names as $name => $results) {
        foreach ($results as $result => $in) {
            if ($result !== '') {
                echo "  $name: $result (", count($in), ")\n";
            }
        }
    }
}
echo "a serializer, within session_write_close()\n";
foreach ($calls as $name => [$class, $method, $with]) {
    if ($class === null) {
        continue;
    }
    [$pool, $session] = made();
    $session->close();
    Noted::$what = [];
    session_set_save_handler($session, true);
    session_id('serialized');
    session_start();
    $_SESSION['it'] = new Serialized();
    Store::$code = fn () => of_class($class, $pool, $session)->$method(...$with);
    Store::$where = 'error handler';
    try {
        session_write_close();
    } catch (Error $error) { /* of a session that was closed */
        Noted::$what[] = $error->getMessage();
    }
    Store::$code = null;
    echo "  $name: ", implode(' / ', Noted::$what), "\n";
    session_status() === PHP_SESSION_ACTIVE && session_abort();
    $session->close();
    $pool->close();
}
?>
--EXPECT--
send()
  Sharedance::__construct: The Sharedance object has been constructed already (12)
  Sharedance::addServer: The servers of a Sharedance object cannot be changed from within its own operation (12)
  Sharedance::addServers: The servers of a Sharedance object cannot be changed from within its own operation (12)
  Sharedance::connect: The servers of a Sharedance object cannot be changed from within its own operation (12)
  Sharedance::close: The servers of a Sharedance object cannot be changed from within its own operation (12)
  Sharedance::get: works (12)
  Sharedance::set: works (12)
  Sharedance::delete: works (12)
  Sharedance::has: fails (12)
  Sharedance::touch: fails (12)
  Sharedance::add: fails (12)
  Sharedance::replace: fails (12)
  Sharedance::increment: fails (12)
  Sharedance::decrement: fails (12)
  Sharedance::getWithVersion: fails (12)
  Sharedance::cas: fails (12)
  Sharedance::getMulti: works (12)
  Sharedance::setMulti: works (12)
  Sharedance::deleteMulti: works (12)
  Sharedance::getServer: works (12)
  Sharedance::getReplica: works (12)
  Sharedance::getServers: works (12)
  Sharedance::getStats: works (12)
  Sharedance::ping: works (12)
  SharedanceSession::__construct: The SharedanceSession object has been constructed already (12)
  SharedanceSession::open: works (5)
  SharedanceSession::open: A session cannot be used from within its own operation (7)
  SharedanceSession::close: works (5)
  SharedanceSession::close: A session cannot be used from within its own operation (7)
  SharedanceSession::read: works (5)
  SharedanceSession::read: A session cannot be used from within its own operation (7)
  SharedanceSession::write: works (5)
  SharedanceSession::write: A session cannot be used from within its own operation (7)
  SharedanceSession::destroy: works (5)
  SharedanceSession::destroy: A session cannot be used from within its own operation (7)
  SharedanceSession::gc: works (12)
  SharedanceSession::create_sid: works (12)
  SharedanceSession::validateId: works (5)
  SharedanceSession::validateId: A session cannot be used from within its own operation (7)
  SharedanceSession::updateTimestamp: works (5)
  SharedanceSession::updateTimestamp: A session cannot be used from within its own operation (7)
  SharedanceServer::__construct: The Store object has been constructed already (12)
  SharedanceServer::send: works (12)
  SharedanceServer::close: works (12)
  SharedanceServer::__toString: works (12)
  unset of all: works (12)
  gc_collect_cycles: works (12)
destructor
  Sharedance::__construct: The Sharedance object has been constructed already (12)
  Sharedance::addServer: The servers of a Sharedance object cannot be changed while a session is open on them (5)
  Sharedance::addServer: The servers of a Sharedance object cannot be changed from within its own operation (7)
  Sharedance::addServers: The servers of a Sharedance object cannot be changed while a session is open on them (5)
  Sharedance::addServers: The servers of a Sharedance object cannot be changed from within its own operation (7)
  Sharedance::connect: The servers of a Sharedance object cannot be changed while a session is open on them (5)
  Sharedance::connect: The servers of a Sharedance object cannot be changed from within its own operation (7)
  Sharedance::close: The servers of a Sharedance object cannot be changed while a session is open on them (5)
  Sharedance::close: The servers of a Sharedance object cannot be changed from within its own operation (7)
  Sharedance::get: works (12)
  Sharedance::set: works (12)
  Sharedance::delete: works (12)
  Sharedance::has: fails (12)
  Sharedance::touch: fails (12)
  Sharedance::add: fails (12)
  Sharedance::replace: fails (12)
  Sharedance::increment: fails (12)
  Sharedance::decrement: fails (12)
  Sharedance::getWithVersion: fails (12)
  Sharedance::cas: fails (12)
  Sharedance::getMulti: works (12)
  Sharedance::setMulti: works (12)
  Sharedance::deleteMulti: works (12)
  Sharedance::getServer: works (12)
  Sharedance::getReplica: works (12)
  Sharedance::getServers: works (12)
  Sharedance::getStats: works (12)
  Sharedance::ping: works (12)
  SharedanceSession::__construct: The SharedanceSession object has been constructed already (12)
  SharedanceSession::open: works (11)
  SharedanceSession::open: A session cannot be used from within its own operation (1)
  SharedanceSession::close: works (11)
  SharedanceSession::close: A session cannot be used from within its own operation (1)
  SharedanceSession::read: works (11)
  SharedanceSession::read: A session cannot be used from within its own operation (1)
  SharedanceSession::write: works (11)
  SharedanceSession::write: A session cannot be used from within its own operation (1)
  SharedanceSession::destroy: works (11)
  SharedanceSession::destroy: A session cannot be used from within its own operation (1)
  SharedanceSession::gc: works (12)
  SharedanceSession::create_sid: works (12)
  SharedanceSession::validateId: works (11)
  SharedanceSession::validateId: A session cannot be used from within its own operation (1)
  SharedanceSession::updateTimestamp: works (11)
  SharedanceSession::updateTimestamp: A session cannot be used from within its own operation (1)
  SharedanceServer::__construct: The Store object has been constructed already (12)
  SharedanceServer::send: works (12)
  SharedanceServer::close: works (12)
  SharedanceServer::__toString: works (12)
  unset of all: works (12)
  gc_collect_cycles: works (12)
error handler
  Sharedance::__construct: The Sharedance object has been constructed already (7)
  Sharedance::addServer: The servers of a Sharedance object cannot be changed from within its own operation (7)
  Sharedance::addServers: The servers of a Sharedance object cannot be changed from within its own operation (7)
  Sharedance::connect: The servers of a Sharedance object cannot be changed from within its own operation (7)
  Sharedance::close: The servers of a Sharedance object cannot be changed from within its own operation (7)
  Sharedance::get: works (7)
  Sharedance::set: works (7)
  Sharedance::delete: works (7)
  Sharedance::has: fails (7)
  Sharedance::touch: fails (7)
  Sharedance::add: fails (7)
  Sharedance::replace: fails (7)
  Sharedance::increment: fails (7)
  Sharedance::decrement: fails (7)
  Sharedance::getWithVersion: fails (7)
  Sharedance::cas: fails (7)
  Sharedance::getMulti: works (7)
  Sharedance::setMulti: works (7)
  Sharedance::deleteMulti: works (7)
  Sharedance::getServer: works (7)
  Sharedance::getReplica: works (7)
  Sharedance::getServers: works (7)
  Sharedance::getStats: works (7)
  Sharedance::ping: works (7)
  SharedanceSession::__construct: The SharedanceSession object has been constructed already (7)
  SharedanceSession::open: A session cannot be used from within its own operation (7)
  SharedanceSession::close: A session cannot be used from within its own operation (7)
  SharedanceSession::read: A session cannot be used from within its own operation (7)
  SharedanceSession::write: A session cannot be used from within its own operation (7)
  SharedanceSession::destroy: A session cannot be used from within its own operation (7)
  SharedanceSession::gc: works (7)
  SharedanceSession::create_sid: works (7)
  SharedanceSession::validateId: A session cannot be used from within its own operation (7)
  SharedanceSession::updateTimestamp: A session cannot be used from within its own operation (7)
  SharedanceServer::__construct: The Store object has been constructed already (7)
  SharedanceServer::send: works (7)
  SharedanceServer::close: works (7)
  SharedanceServer::__toString: works (7)
  unset of all: works (7)
  gc_collect_cycles: works (7)
a serializer, within session_write_close()
  Sharedance::__construct: The Sharedance object has been constructed already
  Sharedance::addServer: The servers of a Sharedance object cannot be changed while a session is open on them
  Sharedance::addServers: The servers of a Sharedance object cannot be changed while a session is open on them
  Sharedance::connect: The servers of a Sharedance object cannot be changed while a session is open on them
  Sharedance::close: The servers of a Sharedance object cannot be changed while a session is open on them
  Sharedance::get: works
  Sharedance::set: works
  Sharedance::delete: works
  Sharedance::has: fails
  Sharedance::touch: fails
  Sharedance::add: fails
  Sharedance::replace: fails
  Sharedance::increment: fails
  Sharedance::decrement: fails
  Sharedance::getWithVersion: fails
  Sharedance::cas: fails
  Sharedance::getMulti: works
  Sharedance::setMulti: works
  Sharedance::deleteMulti: works
  Sharedance::getServer: works
  Sharedance::getReplica: works
  Sharedance::getServers: works
  Sharedance::getStats: works
  Sharedance::ping: works
  SharedanceSession::__construct: The SharedanceSession object has been constructed already
  SharedanceSession::open: works
  SharedanceSession::close: works / The session of the SharedanceSession object is not open
  SharedanceSession::read: works
  SharedanceSession::write: works
  SharedanceSession::destroy: works
  SharedanceSession::gc: works
  SharedanceSession::create_sid: works
  SharedanceSession::validateId: works
  SharedanceSession::updateTimestamp: works
  SharedanceServer::__construct: The Store object has been constructed already
  SharedanceServer::send: works
  SharedanceServer::close: works
  SharedanceServer::__toString: works
