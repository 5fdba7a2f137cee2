--TEST--
two handlers of one process are two holders
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
$second = new TestServer();
$other = new TestServer();
use_servers([$server]);
visit('id', function () {
    $_SESSION['n'] = 1;
});
function refused(SharedanceSession $session): void
{
    $began = hrtime(true);
    var_dump($session->read('id'));
    /* at once: lock_wait is 10 s, or here an hour */
    echo hrtime(true) - $began < 600e9 ? "at once\n" : "LATE\n";
}
ini_set('sharedance.session.lock_wait', '3600');
start('id');
$session = new SharedanceSession(pool([$server]));
$session->open('', '');
echo "another handler is refused, and takes nothing away\n";
refused($session);
var_dump($session->write('id', 'n|i:7;'), $session->destroy('id'), $session->updateTimestamp('id', 'n|i:7;'));
var_dump($session->validateId('id'));
$session->close();
echo !is_held($server, 'id') ? 'FREE' : 'held', "\n";
echo "its other ids are its own\n";
$session->open('', '');
var_dump($session->read('ie'), $session->write('ie', 'n|i:3;')); /* as long as the open one */
$session->close();
echo "and so is the same id on other servers\n";
$session = new SharedanceSession(pool([$other]));
$session->open('', '');
var_dump($session->read('id'), $session->write('id', 'n|i:4;'));
$session->close();
echo "one server in common is enough\n";
$session = new SharedanceSession(pool([$other, $server], true));
$session->open('', '');
refused($session);
$session->close();
$_SESSION['n']++;
session_write_close();
echo entry($server, 'id'), ' ', is_free($server, 'id') ? 'free' : 'HELD', "\n";
echo "once it is free, it can be had\n";
$session = new SharedanceSession(pool([$server]));
$session->open('', '');
var_dump($session->read('id'));
echo "then PHP's session is refused\n";
var_dump(start('id'));
foreach (['readonly', 'ignore'] as $what) {
    $session->close();
    ini_set('sharedance.session.lock_failure', $what);
    $session->open('', '');
    $session->read('id');
    echo "$what\n";
    var_dump(start('id'));
    $_SESSION['n'] = $what;
    var_dump(session_write_close());
    echo is_held($server, 'id') ? 'held' : 'FREE', ' ', entry($server, 'id'), "\n";
}
$session->close();
ini_restore('sharedance.session.lock_failure');
echo "an object that its own destructor opened is none\n";
class Opening extends SharedanceSession
{
    public function __destruct()
    {
        $this->open('', '');
        $this->read('opened');
    }
}
$pool = pool([$server]); /* which lives on */
new Opening($pool);
echo is_free($server, 'opened') ? 'free' : 'HELD', ' ', var_export(start('opened'), true), "\n";
session_abort();
echo "without locks there is no holder\n";
ini_set('sharedance.session.locking', '0');
start('id');
$session = new SharedanceSession(pool([$server]));
$session->open('', '');
var_dump($session->read('id'));
$session->close();
session_abort();
?>
--EXPECT--
another handler is refused, and takes nothing away
Warning: SharedanceSession::read(): Sharedance failed to read the session (lock, after N ms, 0 bytes): another session handler of this process holds its lock
bool(false)
at once
Warning: SharedanceSession::write(): Sharedance failed to write the session (read, after N ms, 0 bytes): it was not read to its end
Warning: SharedanceSession::destroy(): Sharedance failed to delete the session (read, after N ms, 0 bytes): it was not read to its end
Warning: SharedanceSession::updateTimestamp(): Sharedance failed to prolong the session (read, after N ms, 0 bytes): it was not read to its end
bool(false)
bool(false)
bool(false)
bool(true)
held
its other ids are its own
string(0) ""
bool(true)
and so is the same id on other servers
string(0) ""
bool(true)
one server in common is enough
Warning: SharedanceSession::read(): Sharedance failed to read the session (lock, after N ms, 0 bytes): another session handler of this process holds its lock
bool(false)
at once
n|i:2; free
once it is free, it can be had
string(6) "n|i:2;"
then PHP's session is refused
Warning: session_start(): Sharedance failed to read the session (lock, after N ms, 0 bytes): another session handler of this process holds its lock
Warning: session_start(): Failed to read session data: sharedance (path: tcp://127.0.0.1:PORT)
bool(false)
readonly
bool(true)
Warning: session_write_close(): Sharedance failed to write the session (lock, after N ms, 17 bytes): it was read without its lock, which another session handler of this process had (sharedance.session.lock_failure)
Warning: session_write_close(): Failed to write session data (sharedance). Please verify that the current setting of session.save_path is correct (tcp://127.0.0.1:PORT)
bool(true)
held n|i:2;
ignore
bool(true)
bool(true)
held n|s:6:"ignore";
an object that its own destructor opened is none
free true
without locks there is no holder
string(15) "n|s:6:"ignore";"
