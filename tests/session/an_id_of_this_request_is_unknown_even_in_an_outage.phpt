--TEST--
an id of this request is unknown even in an outage
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

/* Its server dies when the old session has been written, before the new id is looked for. */
class Interrupted extends SharedanceSession
{
    public ?TestServer $server = null;
    public int $created = 0;

    public function write(string $id, string $data): bool
    {
        $written = parent::write($id, $data);
        $this->server?->kill();
        return $written;
    }

    public function create_sid(): string
    {
        $this->created++;
        return parent::create_sid();
    }
}

$server = new TestServer();
ini_set('session.use_cookies', '0');
ini_set('session.cache_limiter', '');
ini_set('session.use_strict_mode', '1');
$handler = new Interrupted(pool([$server]));
session_set_save_handler($handler);
session_start();
$_SESSION['n'] = 1;
$handler->server = $server;
$handler->created = 0;
try {
    session_regenerate_id(); /* asks for another id, up to three times, if one is known */
} catch (Error $error) {
    echo get_class($error), "\n"; /* it cannot be read */
}
echo "ids: {$handler->created}\n";

echo "what was written under it is not unknown\n";
$server = new TestServer();
$session = new SharedanceSession(pool([$server]));
$session->open('', '');
$id = $session->create_sid();
var_dump($session->write($id, 'n|i:1;'));
$server->kill();
var_dump($session->validateId($id));
@$session->close();
?>
--EXPECT--
Warning: SharedanceSession::read(): Sharedance failed to read the session (connect, after N ms, 0 bytes): Failed to connect on [127.0.0.1:PORT] 'Connection refused'
Error
ids: 1
what was written under it is not unknown
bool(true)
bool(true)
