--TEST--
each call in each state does what the table says
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

/* Each call about the open session's id and about another one, in each state that PHP can bring a
 * session to, and what comes of both sessions and their locks. php/session_states.c has the table. */
$server = new TestServer();
$plain = pool([$server]);

function by_class(): SharedanceSession
{
    return new SharedanceSession(pool([$GLOBALS['server']]));
}

const STATES = [
    'closed' => [],
    'open' => [['open']],
    'unread' => [['lock'], ['open'], ['read', 'own'], ['unlock']],
    'read ahead' => [['open'], ['validateId', 'own']],
    'failed ahead' => [['lock'], ['open'], ['validateId', 'own'], ['unlock']],
    'found ahead' => [['lock'], ['open'], ['read', 'own'], ['unlock'], ['validateId', 'own']],
    'read' => [['open'], ['read', 'own']],
    'refused' => [['open'], ['read', 'own'], ['restart'], ['set'], ['write', 'own', 'lost']],
    'written' => [['open'], ['read', 'own'], ['write', 'own', 'written']],
];
const CALLS = [
    'open' => ['open'], 'close' => ['close'],
    'validateId' => ['validateId', 'own'], 'validateId of another' => ['validateId', 'other'],
    'read' => ['read', 'own'], 'read of another' => ['read', 'other'],
    'write' => ['write', 'own', 'new'], 'write of another' => ['write', 'other', 'new'],
    'touch' => ['updateTimestamp', 'own', 'old'], 'touch of another' => ['updateTimestamp', 'other', 'old'],
    'destroy' => ['destroy', 'own'], 'destroy of another' => ['destroy', 'other'],
];

function call(SharedanceSession $session, string $method, string ...$arguments): mixed
{
    global $server;

    static $holder = null;

    switch ($method) {
    case 'lock': /* so that the read fails */
        ini_set('sharedance.session.lock_wait', '0');
        $holder = stream_socket_client("tcp://$server->host:$server->port");
        fwrite($holder, "ml own W0\r\n");
        return fgets($holder);
    case 'unlock':
        fwrite($holder, "mu own\r\n");
        return fgets($holder);
    case 'restart': /* so that the lock is lost, and somebody else may write */
        $server->kill();
        $server->start();
        return true;
    case 'set':
        $GLOBALS['plain']->set('own', 'old');
        return true;
    case 'open':
        return $session->open('', '');
    default:
        return $session->$method(...$arguments);
    }
}
foreach (STATES as $state => $steps) {
    foreach (CALLS as $name => $step) {
        $plain->set('own', 'old');
        $plain->set('other', 'old');
        $session = by_class();
        $level = error_reporting(0); /* what brings it there */
        foreach ($steps as $each) {
            call($session, ...$each);
        }
        error_reporting($level);
        ob_start();
        try {
            $result = json_encode(call($session, ...$step));
        } catch (Error $error) {
            $result = tidy($error->getMessage());
        }
        $warning = preg_match('/: ([^:]+)\n$/', ob_get_clean(), $match) ? ", $match[1]" : '';
        echo "$state, $name: $result$warning;";
        foreach (['own', 'other'] as $id) {
            echo ' ', $plain->get($id, 'none'), is_held($server, $id) ? ' held' : '';
        }
        echo "\n";
        unset($session);
    }
}
var_dump(is_free($server, 'own'), is_free($server, 'other'));

/* Whatever is called in between: what could not be read or changed is not changed. */
foreach (['unread', 'failed ahead', 'found ahead', 'refused'] as $state) {
    foreach (CALLS as $name => $step) {
        if (in_array($name, ['close', 'read', 'validateId'])) {
            continue; /* it may be changed after these, or with them, or is "found ahead" */
        }
        $plain->set('own', 'old');
        $plain->set('other', 'old');
        $session = by_class();
        $level = error_reporting(0);
        foreach ([...STATES[$state], $step] as $each) {
            call($session, ...$each);
        }
        $wrong = $session->write('own', 'blind') || $session->updateTimestamp('own', 'blind') || $session->destroy('own')
            || $plain->get('own', null) !== 'old';
        error_reporting($level);
        echo $wrong ? "$state, $name: CHANGED\n" : '';
        unset($session);
    }
}
?>
--EXPECT--
closed, open: true; old old
closed, close: true; old old
closed, validateId: The session of the SharedanceSession object is not open; old old
closed, validateId of another: The session of the SharedanceSession object is not open; old old
closed, read: The session of the SharedanceSession object is not open; old old
closed, read of another: The session of the SharedanceSession object is not open; old old
closed, write: The session of the SharedanceSession object is not open; old old
closed, write of another: The session of the SharedanceSession object is not open; old old
closed, touch: The session of the SharedanceSession object is not open; old old
closed, touch of another: The session of the SharedanceSession object is not open; old old
closed, destroy: The session of the SharedanceSession object is not open; old old
closed, destroy of another: The session of the SharedanceSession object is not open; old old
open, open: true; old old
open, close: true; old old
open, validateId: true; old held old
open, validateId of another: true; old old held
open, read: "old"; old held old
open, read of another: "old"; old old held
open, write: true; new old
open, write of another: true; old new
open, touch: true; old old
open, touch of another: true; old old
open, destroy: true; none old
open, destroy of another: true; old none
unread, open: true; old old
unread, close: true; old old
unread, validateId: true; old held old
unread, validateId of another: true; old old
unread, read: "old"; old held old
unread, read of another: "old"; old old
unread, write: false, it was not read to its end; old old
unread, write of another: true; old new
unread, touch: false, it was not read to its end; old old
unread, touch of another: true; old old
unread, destroy: false, it was not read to its end; old old
unread, destroy of another: true; old none
read ahead, open: true; old held old
read ahead, close: true; old old
read ahead, validateId: true; old held old
read ahead, validateId of another: true; old old held
read ahead, read: "old"; old held old
read ahead, read of another: "old"; old old held
read ahead, write: true; new held old
read ahead, write of another: true; old held new
read ahead, touch: true; old held old
read ahead, touch of another: true; old held old
read ahead, destroy: true; none held old
read ahead, destroy of another: true; old held none
failed ahead, open: true; old old
failed ahead, close: true; old old
failed ahead, validateId: true; old held old
failed ahead, validateId of another: true; old old
failed ahead, read: false; old old
failed ahead, read of another: "old"; old old
failed ahead, write: false, it was not read to its end; old old
failed ahead, write of another: true; old new
failed ahead, touch: false, it was not read to its end; old old
failed ahead, touch of another: true; old old
failed ahead, destroy: false, it was not read to its end; old old
failed ahead, destroy of another: true; old none
found ahead, open: true; old held old
found ahead, close: true; old old
found ahead, validateId: true; old held old
found ahead, validateId of another: true; old held old
found ahead, read: "old"; old held old
found ahead, read of another: "old"; old held old
found ahead, write: false, a read or change of it has failed, and it was not read again; old held old
found ahead, write of another: true; old held new
found ahead, touch: false, a read or change of it has failed, and it was not read again; old held old
found ahead, touch of another: true; old held old
found ahead, destroy: false, a read or change of it has failed, and it was not read again; old held old
found ahead, destroy of another: true; old held none
read, open: true; old held old
read, close: true; old old
read, validateId: true; old held old
read, validateId of another: true; old held old
read, read: "old"; old held old
read, read of another: "old"; old held old
read, write: true; new held old
read, write of another: true; old held new
read, touch: true; old held old
read, touch of another: true; old held old
read, destroy: true; none held old
read, destroy of another: true; old held none
refused, open: true; old old
refused, close: true; old old
refused, validateId: true; old held old
refused, validateId of another: true; old old
refused, read: "old"; old held old
refused, read of another: "old"; old old
refused, write: false, a read or change of it has failed, and it was not read again; old old
refused, write of another: true; old new
refused, touch: false, a read or change of it has failed, and it was not read again; old old
refused, touch of another: true; old old
refused, destroy: false, a read or change of it has failed, and it was not read again; old old
refused, destroy of another: true; old none
written, open: true; written held old
written, close: true; written old
written, validateId: true; written held old
written, validateId of another: true; written held old
written, read: "written"; written held old
written, read of another: "old"; written held old
written, write: true; new held old
written, write of another: true; written held new
written, touch: true; written held old
written, touch of another: true; written held old
written, destroy: true; none held old
written, destroy of another: true; written held none
bool(true)
bool(true)
