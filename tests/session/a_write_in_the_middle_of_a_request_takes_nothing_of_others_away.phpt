--TEST--
a write in the middle of a request takes nothing of others away: it keeps the lock, and one that a handler has given back is taken anew
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require __DIR__ . '/session.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/session.inc';

/* What each write of PHP's session module does. */
class Handler extends SessionHandler
{
    public ?Closure $between = null;

    public function write(string $id, string $data): bool
    {
        if ($this->between === null) {
            return parent::write($id, $data);
        }
        $first = parent::write($id, 'n|s:5:"first";');
        ($this->between)();
        return parent::write($id, $data) && $first;
    }
}

$servers = servers(2);
$theirs = fn (array $servers, array $settings = []) => request($servers, 'echo json_encode(visit("id", fn () => $_SESSION["theirs"] = 1)), "\n";', $settings);
ini_set('sharedance.session.lock_wait', '10');

foreach ([1, 2] as $count) {
    $some = array_slice($servers, 0, $count);
    foreach (['write' => ['n|s:6:"middle";'], 'destroy' => []] as $method => $data) {
        use_servers($some);
        $handler = new Handler();
        session_set_save_handler($handler, false);
        visit('id', fn () => $_SESSION['n'] = 'old');
        start('id');
        var_dump($handler->$method('id', ...$data));
        echo is_held($servers[0], 'id') ? 'held' : 'FREE';
        $waits = $theirs($some);
        $_SESSION['n'] = 'ours';
        session_write_close();
        $waits->wait();
        echo ', ', trim($waits->log()), ', ', entry($servers[0], 'id'), is_free($servers[0], 'id') ? "\n" : " HELD\n";
    }
    echo "a handler that writes twice, and another request in between\n";
    foreach (['nothing' => fn () => null, 'a write' => fn () => $theirs($some)->wait()] as $what => $handler->between) {
        $between = $handler->between;
        $handler->between = null;
        visit('id', fn () => $_SESSION = ['n' => 'old']);
        $handler->between = $between;
        visit('id', fn () => $_SESSION['n'] = 'ours');
        echo "$what: ", entry($servers[0], 'id'), is_free($servers[0], 'id') ? "\n" : " HELD\n";
    }
}
echo "the class\n";
$session = new SharedanceSession(pool([$servers[0]]));
foreach (['write' => ['n|s:6:"middle";'], 'updateTimestamp' => ['n|s:3:"old";'], 'destroy' => []] as $method => $data) {
    pool([$servers[0]])->set('id', 'n|s:3:"old";');
    $session->open('', '');
    $session->read('id');
    var_dump($session->$method('id', ...$data));
    echo is_held($servers[0], 'id') ? 'held' : 'FREE', "\n";
    $servers[0]->kill();
    $servers[0]->start();
    pool([$servers[0]])->set('id', 'theirs');
    var_dump($session->write('id', 'ours'));
    $session->close();
    echo entry($servers[0], 'id'), is_free($servers[0], 'id') ? "\n" : " HELD\n";
}
?>
--EXPECT--
bool(true)
held, 1, n|s:4:"ours";theirs|i:1;
bool(true)
held, 1, n|s:4:"ours";theirs|i:1;
a handler that writes twice, and another request in between
nothing: n|s:4:"ours";
Warning: SessionHandler::write(): Sharedance failed to write the session (lock, after N ms, 13 bytes): the lock was released by an earlier write, and another request has written the session since: nothing was written
Warning: session_write_close(): Failed to write session data using user defined save handler. (session.save_path: tcp://127.0.0.1:PORT, handler: Handler::write)
a write: n|s:5:"first";theirs|i:1;
bool(true)
held, 1, n|s:4:"ours";theirs|i:1;
bool(true)
held, 1, n|s:4:"ours";theirs|i:1;
a handler that writes twice, and another request in between
nothing: n|s:4:"ours";
Warning: SessionHandler::write(): Sharedance failed to write the session (lock, after N ms, 13 bytes): the lock was released by an earlier write, and another request has written the session since: nothing was written
Warning: session_write_close(): Failed to write session data using user defined save handler. (session.save_path: tcp://127.0.0.1:PORT, tcp://127.0.0.1:PORT, handler: Handler::write)
a write: n|s:5:"first";theirs|i:1;
the class
bool(true)
held
Warning: SharedanceSession::write(): Sharedance failed to write the session (lock, after N ms, 4 bytes): the lock was lost meanwhile, and another request has written the session since: nothing was written
bool(false)
theirs
bool(true)
held
Warning: SharedanceSession::write(): Sharedance failed to write the session (lock, after N ms, 4 bytes): the lock was lost meanwhile, and another request has written the session since: nothing was written
bool(false)
theirs
bool(true)
held
Warning: SharedanceSession::write(): Sharedance failed to write the session (lock, after N ms, 4 bytes): the lock was lost meanwhile, and another request has written the session since: nothing was written
bool(false)
theirs
