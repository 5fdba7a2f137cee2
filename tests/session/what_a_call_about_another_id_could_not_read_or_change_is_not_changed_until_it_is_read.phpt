--TEST--
what a call about another id could not read or change is not changed until it is read
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
$plain = pool([$server]);
use_servers([$server]);
class Handler extends SessionHandler {}

/* Another request has its lock meanwhile, so that the call fails. */
function without_lock(string $id, callable $call): mixed
{
    global $server;

    $holder = stream_socket_client("tcp://$server->host:$server->port");
    fwrite($holder, "ml $id W0\r\n");
    fgets($holder);
    $result = @$call();
    fwrite($holder, "mu $id\r\n");
    fgets($holder);
    return $result;
}

/* Whether all changes of the id are refused, and say why. */
function is_refused(SessionHandlerInterface $handler, string $id): bool
{
    global $plain;

    foreach ([fn () => $handler->write($id, 'blind'), fn () => $handler->updateTimestamp($id, 'blind'), fn () => $handler->destroy($id)] as $change) {
        ob_start();
        $changed = $change();
        if ($changed || !str_contains(ob_get_clean(), 'a read or change of it has failed, and it was not read again')) {
            return false;
        }
    }
    return $plain->get($id, null) === 'old';
}

ini_set('sharedance.session.lock_wait', '0');
$states = [
    'open' => fn ($session) => $session->open('', ''),
    'unread' => fn ($session) => $session->open('', '') && without_lock('own', fn () => $session->read('own')),
    'read ahead' => fn ($session) => $session->open('', '') && $session->validateId('own'),
    'unread ahead' => fn ($session) => $session->open('', '') && without_lock('own', fn () => $session->validateId('own')),
    'read' => fn ($session) => $session->open('', '') && $session->read('own'),
];
/* those that fail alone: while nothing is read, a read begins the session of its id */
$failures = [
    'read' => fn ($session) => $session->read('other'),
    'write' => fn ($session) => $session->write('other', 'new'),
    'touch' => fn ($session) => $session->updateTimestamp('other', 'new'),
    'destroy' => fn ($session) => $session->destroy('other'),
];
foreach ($states as $state => $bring) {
    foreach ($failures as $failure => $fail) {
        $plain->set('own', 'old');
        $plain->set('other', 'old');
        $session = new SharedanceSession($plain);
        $bring($session);
        $failed = without_lock('other', fn () => $fail($session)) === false;
        $refused = $failure !== 'read' || $state === 'unread' || $state === 'read' ? is_refused($session, 'other') : !@$session->write('other', 'blind');
        /* that there is one tells nothing of what is in it */
        $found = $session->validateId('other') && !@$session->write('other', 'blind') && $plain->get('other') === 'old';
        $read = $session->read('other') === 'old' && $session->write('other', 'new') && $plain->get('other') === 'new';
        echo $failed && $refused && $found && $read ? '' : "$state, $failure: " . json_encode([$failed, $refused, $found, $read]) . "\n";
        $session->close();
    }
}

echo "of many ids each is remembered, until the close\n";
$session = new SharedanceSession($plain);
$session->open('', '');
$session->read('own');
$ids = array_map(fn ($i) => "id$i", range(0, 20));
foreach ($ids as $id) {
    $plain->set($id, 'old');
    without_lock($id, fn () => $session->write($id, 'new'));
}
var_dump(count(array_filter($ids, fn ($id) => is_refused($session, $id))));
$session->close();
$session->open('', '');
var_dump(count(array_filter($ids, fn ($id) => $session->write($id, 'new'))));
$session->close();

echo "so it is in a subclass of SessionHandler\n";
session_set_save_handler($handler = new Handler(), true);
$plain->set('other', 'old');
start('id');
var_dump(without_lock('other', fn () => $handler->read('other')), @$handler->write('other', 'blind'), $handler->read('other'), $handler->write('other', 'new'));
session_write_close();
?>
--EXPECT--
of many ids each is remembered, until the close
int(21)
int(21)
so it is in a subclass of SessionHandler
bool(false)
bool(false)
string(3) "old"
bool(true)
