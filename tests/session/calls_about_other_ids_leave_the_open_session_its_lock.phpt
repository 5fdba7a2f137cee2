--TEST--
calls about other ids leave the open session its lock
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

$server = new TestServer();
use_servers([$server]);
class Handler extends SessionHandler {}
class Migrating extends SessionHandler
{
    public static string $from;
    public bool $may_look = true;

    public function read($id): string|false
    {
        $data = parent::read($id);
        if ($data === '' && $this->may_look) {
            parent::open(self::$from, 'x');
            $data = parent::read($id);
            parent::open(session_save_path(), 'x');
        }
        return $data;
    }
}

$handlers = ['a subclass of SessionHandler' => new Handler(), 'SharedanceSession' => new SharedanceSession(pool([$server]))];
foreach ($handlers as $name => $handler) {
    echo "$name\n";
    session_set_save_handler($handler, true);
    visit('id', fn () => $_SESSION['n'] = 1);
    visit('other', fn () => $_SESSION['n'] = 10);
    start('id');
    var_dump($handler->read('other'), is_held($server, 'id'), is_free($server, 'other'));
    if ($handler instanceof SharedanceSession) { /* PHP's class has no such method */
        var_dump($handler->validateId('other'), $handler->validateId('none'), $handler->validateId('id'));
    }
    var_dump($handler->write('other', 'n|i:11;'), is_held($server, 'id'), is_free($server, 'other'));
    var_dump($handler->destroy('other'), is_held($server, 'id'), is_free($server, 'other'));
    /* another request cannot get in between */
    $request = request([$server], 'start("id"); $_SESSION["n"]++;', ['sharedance.session.lock_wait' => '0']);
    $request->wait();
    $_SESSION['n']++;
    session_write_close();
    echo entry($server, 'id'), ' ', var_export(entry($server, 'other'), true), ' ', is_free($server, 'id') ? 'free' : 'HELD', "\n";
}

echo "an open with another save_path ends the session that is open\n";
$old = new TestServer();
Migrating::$from = save_path([$old]);
pool([$old])->set('moved', 'n|i:5;');
session_set_save_handler($handler = new Migrating(), true);
start('moved');
echo $_SESSION['n'], ' ', is_free($old, 'moved') ? 'free' : 'HELD', "\n";
$_SESSION['n']++;
session_write_close();
echo entry($server, 'moved'), ' ', is_free($server, 'moved') ? 'free' : 'HELD', "\n";
start('id');
$handler->open(save_path([$old]), 'x');
echo is_free($server, 'id') ? 'free' : 'HELD', "\n";
$handler->open('no such: path', 'x');
session_abort();

echo "in strict mode an id that cannot be a key gets a new one\n";
use_servers([$server]);
ini_set('session.use_strict_mode', '1');
foreach ([254, 255, 256] as $length) {
    $id = str_repeat('a', $length);
    echo $length, ' ', json_encode(visit($id)), ' ', session_id() === $id ? 'SAME' : (is_new_id(session_id()) ? 'NEW' : session_id()), "\n";
}
ini_set('session.use_strict_mode', '0');
foreach ([254, 255, 256] as $length) {
    echo $length, ' ', json_encode(visit(str_repeat('a', $length))), "\n";
}
?>
--EXPECT--
a subclass of SessionHandler
string(7) "n|i:10;"
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
n|i:2; NULL free
SharedanceSession
string(7) "n|i:10;"
bool(true)
bool(true)
bool(true)
bool(false)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
n|i:2; NULL free
an open with another save_path ends the session that is open
5 free
n|i:6; free
free
Warning: SessionHandler::open(): session.save_path must be a list of servers: separate servers by commas, not by spaces: 's' found at offset 3
in strict mode an id that cannot be a key gets a new one
254 [] NEW
255 [] NEW
256 [] NEW
254 []
255 Warning: session_start(): Sharedance failed to read the session (read, after N ms, 0 bytes): its id, with the prefix, must be at most 254 bytes long, 255 given
Warning: session_start(): Failed to read session data: sharedance (path: tcp://127.0.0.1:PORT)
false
256 Warning: session_start(): Sharedance failed to read the session (read, after N ms, 0 bytes): its id, with the prefix, must be at most 254 bytes long, 256 given
Warning: session_start(): Failed to read session data: sharedance (path: tcp://127.0.0.1:PORT)
false
