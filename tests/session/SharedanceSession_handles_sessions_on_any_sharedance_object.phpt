--TEST--
SharedanceSession handles sessions on any sharedance object
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/session.inc';

class Remembering extends SharedanceServer
{
    public static array $entries = [];

    #[ReturnTypeWillChange]
    public function send(string $command)
    {
        [, $key_length, $data_length] = array_values(unpack('a1c/Nk/Nd', $command . "\0\0\0\0"));
        if ($command[0] === 'S') {
            self::$entries[substr($command, 9, $key_length)] = substr($command, 9 + $key_length);
            return "OK\n";
        }
        $key = substr($command, 5);
        if ($command[0] === 'F') {
            return self::$entries[$key] ?? '';
        }
        $had = isset(self::$entries[$key]);
        unset(self::$entries[$key]);
        return $had ? "OK\n" : '';
    }
}

$server = new TestServer();
use_servers([$server]);
$implements = class_implements('SharedanceSession');
sort($implements);
echo implode(' ', $implements), "\n";

$own = new Sharedance();
$own->addServer(new Remembering('example.org'));
foreach (['sharedanced' => pool([$server]), 'two' => pool(servers(2), true), 'a class of the user' => $own] as $name => $cache) {
    echo "$name\n";
    var_dump(session_set_save_handler(new SharedanceSession($cache), true));
    foreach (['0', '1'] as $strict) {
        ini_set('session.use_strict_mode', '0');
        visit('id', function () {
            $_SESSION['n'] = 1;
        });
        ini_set('session.use_strict_mode', $strict);
        echo $cache->get('id'), ' ';
        visit('id');
        visit('id', function () {
            $_SESSION['n']++;
        });
        start('id');
        echo $_SESSION['n'], ' ';
        session_reset();
        echo is_new_id(session_create_id()) ? 'an id ' : 'NO ID ';
        session_regenerate_id(true);
        $new = session_id();
        session_write_close();
        echo var_export($cache->get('id'), true), ' ', $cache->get($new), ' ';
        start($new);
        echo var_export(session_gc(), true);
        session_destroy();
        echo ' ', var_export($cache->get($new), true), "\n";
    }
}
echo "the servers stay as they are while a session is open\n";
$cache = pool([$server]);
session_set_save_handler(new SharedanceSession($cache), true);
ini_set('session.use_strict_mode', '0');
start('id');
report(fn () => $cache->close());
report(fn () => $cache->addServer(new SharedanceServer('example.org')));
$_SESSION['n'] = 'kept';
session_write_close();
report(fn () => $cache->addServer(new SharedanceServer('example.org')));

echo "failures are warnings\n";
class Broken extends SharedanceServer
{
    #[ReturnTypeWillChange]
    public function send(string $command)
    {
        throw new SharedanceException('broken');
    }
}
$cache = new Sharedance();
$cache->addServer(new Broken('example.org'));
session_set_save_handler(new SharedanceSession($cache), true);
var_dump(start('id'));
class Rude extends SharedanceServer
{
    #[ReturnTypeWillChange]
    public function send(string $command)
    {
        throw new LogicException('rude');
    }
}
$cache = new Sharedance();
$cache->addServer(new Rude('example.org'));
session_set_save_handler(new SharedanceSession($cache), true);
report(fn () => start('id'));

echo "the object\n";
report(fn () => (new ReflectionClass('SharedanceSession'))->newInstanceWithoutConstructor()->read('id'));
$session = new SharedanceSession(pool([$server]));
report(fn () => $session->read('id'));
report(fn () => $session->__construct(pool([$server])));
report(fn () => clone $session);
report(fn () => serialize($session));
report(fn () => $session->open('', ''));
report(fn () => $session->read('id'));
report(fn () => $session->write('id', 'n|i:8;'));
report(fn () => $session->validateId('id'));
report(fn () => $session->validateId('none'));
report(fn () => $session->close());
report(fn () => $session->close());
report(fn () => is_new_id($session->create_sid()));
$session->open('', '');
$session->read('id');
unset($session);
var_dump(is_free($server, 'id'));
?>
--EXPECT--
SessionHandlerInterface SessionIdInterface SessionUpdateTimestampHandlerInterface
sharedanced
bool(true)
n|i:1; 2 an id false n|i:2; 0 false
n|i:1; 2 an id false n|i:2; 0 false
two
bool(true)
n|i:1; 2 an id false n|i:2; 0 false
n|i:1; 2 an id false n|i:2; 0 false
a class of the user
bool(true)
n|i:1; 2 an id false n|i:2; 0 false
n|i:1; 2 an id false n|i:2; 0 false
the servers stay as they are while a session is open
Error: The servers of a Sharedance object cannot be changed while a session is open on them
Error: The servers of a Sharedance object cannot be changed while a session is open on them
returned NULL
failures are warnings
Warning: SharedanceSession::read(): Sharedance failed to read the session (read, after N ms, 0 bytes): Failed to send command to [example.org:PORT] 'broken'
Warning: session_start(): Failed to read session data: user (path: tcp://127.0.0.1:PORT)
bool(false)
LogicException: rude
the object
Error: The SharedanceSession object has not been constructed
Error: The session of the SharedanceSession object is not open
Error: The SharedanceSession object has been constructed already
Error: Trying to clone an uncloneable object of class SharedanceSession
Exception: Serialization of 'SharedanceSession' is not allowed
returned bool(true)
returned string(13) "n|s:4:"kept";"
returned bool(true)
returned bool(true)
returned bool(false)
returned bool(true)
returned bool(true)
returned bool(true)
bool(true)
