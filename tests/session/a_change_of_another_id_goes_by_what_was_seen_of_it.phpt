--TEST--
a change of another id goes by what was seen of it
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

/* The lock of a call about another id ends with the call. A change that follows takes it anew, and is
 * made if nobody has written the id since, as that of the open session whose lock was lost. */
ini_set('sharedance.session.lock_wait', '0');

/* A session that has "own", and has seen "other" in that way. */
$ways_to_see = [
    'read' => fn ($session) => $session->read('own') !== false && $session->read('other') !== false,
    'read, as the other could not be' => fn ($session) => without('own', fn () => @$session->read('own')) === false && $session->read('other') !== false,
    'written' => fn ($session) => $session->read('own') !== false && $session->write('other', 'old'),
    'prolonged' => fn ($session) => $session->read('own') !== false && $session->read('other') !== false && $session->updateTimestamp('other', 'old'),
];
$others_do = [
    'nobody' => fn ($plain) => true,
    'a write' => fn ($plain) => $plain->set('other', 'theirs'),
    'a delete' => fn ($plain) => $plain->delete('other'),
];
$changes = [
    'write' => fn ($session) => $session->write('other', 'mine'),
    'prolong' => fn ($session) => $session->updateTimestamp('other', 'old'),
    'destroy' => fn ($session) => $session->destroy('other'),
];

/* Another holder has its lock meanwhile. */
function without(string $id, callable $call): mixed
{
    $holder = new SharedanceSession($GLOBALS['plain']);
    $holder->open('', '');
    $holder->read($id);
    $result = $call();
    $holder->close();
    return $result;
}

foreach ([[new TestServer()], [new TestServer(), new TestServer()]] as $servers) {
    $plain = pool($servers, count($servers) > 1);
    foreach ($ways_to_see as $seen => $see) {
        foreach ($others_do as $others => $interfere) {
            foreach ($changes as $name => $change) {
                $plain->set('own', 'old');
                $plain->set('other', 'old');
                $session = new SharedanceSession($plain);
                $session->open('', '');
                $saw = $see($session) ? '' : 'NOT SEEN ';
                $interfere($plain);
                ob_start();
                $result = json_encode($change($session));
                $why = str_contains(ob_get_clean(), 'another request has written the session since it was read') ? ' and says so' : '';
                $there = $plain->get('other', 'none');
                /* after that, nothing is changed that was not read again */
                $later = @$session->write('other', 'later') === ($others === 'nobody') ? '' : ' LATER';
                $again = $session->read('other') !== false && $session->write('other', 'again') ? '' : ' NOT AGAIN';
                $lines["$others, $name: $result$why, $there$later$again"][] = $saw . $seen;
                $session->close();
            }
        }
    }
}
foreach ($lines as $line => $ways) {
    echo $line, count($ways) === 8 ? '' : ' ' . implode(', ', $ways), "\n";
}

echo "what was not there, and has been created\n";
$session = new SharedanceSession($plain);
$session->open('', '');
$session->read('own');
var_dump($session->read('new'), $plain->set('new', 'theirs'), @$session->write('new', 'mine'), $plain->get('new'));
$session->close();

echo "what has become the open session meanwhile\n";
$plain->delete('own');
$plain->set('other', 'old');
$session->open('', '');
without('own', fn () => @$session->read('own'));
var_dump($session->read('other'), $session->validateId('own'), $plain->set('other', 'theirs'), $session->validateId('other'));
var_dump(@$session->write('other', 'mine'), @$session->write('other', 'mine'), $plain->get('other'));
var_dump($session->read('other'), $session->write('other', 'mine'));
$session->close();
$session->open('', '');
without('own', fn () => @$session->read('own'));
var_dump($session->read('other'), $session->validateId('own'), $session->validateId('other'), $session->write('other', 'mine'), $session->write('other', 'again'));
$session->close();

echo "without locks, the last to write wins\n";
ini_set('sharedance.session.locking', '0');
$session->open('', '');
$session->read('own');
var_dump($session->read('new'), $plain->set('new', 'later'), $session->write('new', 'mine'), $plain->get('new'));
$session->close();
ini_set('sharedance.session.locking', '1');

echo "what was written, and left for another one\n";
class Twice extends SharedanceSession
{
    public function write(string $id, string $data): bool
    {
        parent::write($id, $data); /* PHP's module has called: the lock is free with the write */
        parent::read('other');
        $GLOBALS['plain']->set($id, 'theirs');
        return parent::write($id, 'blind');
    }
}
$plain->delete('own');
ini_set('session.save_path', 'none');
session_set_save_handler(new Twice($plain), true);
start('own');
$_SESSION['n'] = 1;
session_write_close();
var_dump($plain->get('own'));
?>
--EXPECT--
nobody, write: true, mine
nobody, prolong: true, old
nobody, destroy: true, none
a write, write: false and says so, theirs
a write, prolong: true, theirs
a write, destroy: false and says so, theirs
a delete, write: false and says so, none
a delete, prolong: true, none
a delete, destroy: false and says so, none
what was not there, and has been created
string(0) ""
int(2)
bool(false)
string(6) "theirs"
what has become the open session meanwhile
string(3) "old"
bool(false)
int(2)
bool(true)
bool(false)
bool(false)
string(6) "theirs"
string(6) "theirs"
bool(true)
string(4) "mine"
bool(false)
bool(true)
bool(true)
bool(true)
without locks, the last to write wins
string(6) "theirs"
int(2)
bool(true)
string(4) "mine"
what was written, and left for another one
Warning: SharedanceSession::write(): Sharedance failed to write the session (write, after N ms, 5 bytes): another request has written the session since it was read, and nothing was written
Warning: session_write_close(): Failed to write session data using user defined save handler. (session.save_path: none, handler: Twice::write)
string(6) "theirs"
