--TEST--
a server on a new disk gives nobody an empty session when the other one goes away; new visitors begin at once
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
require __DIR__ . '/../clock.inc';

/* How many of the visitors have their session, have an empty one, have none. */
function count_sessions(array $ids): string
{
    $counts = ['their own' => 0, 'empty' => 0, 'none' => 0];
    $before = error_reporting(0);
    foreach ($ids as $id) {
        $session = visit($id);
        $counts[$session === false ? 'none' : (isset($session['user']) ? 'their own' : 'empty')]++;
    }
    error_reporting($before);
    return json_encode($counts);
}

/* A visitor without a cookie. */
function newcomer(bool $strict): string
{
    session_id('');
    $is_started = session_start(['use_strict_mode' => $strict ? '1' : '0']);
    $_SESSION['user'] = 'new';
    $id = session_id();
    session_write_close();
    return $is_started ? $id : 'does not start';
}

ini_set('sharedance.retry_interval', '0');
start_on_own_clock();
$servers = [$lost, $kept] = servers(2);
use_servers($servers);
$ids = array_map(fn ($i) => "visitor$i", range(1, 20));
foreach ($ids as $id) {
    visit($id, fn () => $_SESSION['user'] = $id);
}
lose_data($lost);
time_passes(SETTLING);
echo 'ten visitors come: ', count_sessions(array_slice($ids, 0, 10)), "\n";
$kept->kill();
echo 'the other one is away: ', count_sessions($ids), "\n";
$new = [newcomer(false), newcomer(true)];
session_id('');
session_start();
$_SESSION['user'] = 'new';
session_regenerate_id(true);
$new[] = session_id();
session_write_close();
echo 'new visitors meanwhile: ', count_sessions($new), "\n";
$kept->start();
echo 'it is back: ', count_sessions([...$ids, ...$new]), "\n";

/* only the id itself is new, and only until it has been written */
lose_data($lost);
time_passes(SETTLING);
$kept->kill();
$handler = new SharedanceSession(pool($servers, true));
$handler->open('', '');
$id = $handler->create_sid();
echo 'another id: ', json_encode(@$handler->read('visitor20')), "\n";
$handler->close();
$handler->open('', '');
$id = $handler->create_sid();
echo 'this id: ', json_encode([$handler->read($id), $handler->write($id, 'user|s:3:"new";')]), "\n";
lose_data($lost);
time_passes(SETTLING);
echo 'the same, when it was lost: ', json_encode(@$handler->read($id)), "\n";
$handler->close();

/* a pair's first start asks both, and a server that is alone is served */
$servers = servers(2);
use_servers($servers);
echo 'a first start: ', count_sessions(['a', 'b']), "\n";
use_servers([new TestServer()]);
echo 'one server: ', count_sessions(['a', 'b']), "\n";
?>
--EXPECT--
ten visitors come: {"their own":10,"empty":0,"none":0}
the other one is away: {"their own":10,"empty":0,"none":10}
new visitors meanwhile: {"their own":3,"empty":0,"none":0}
it is back: {"their own":23,"empty":0,"none":0}
another id: false
this id: ["",true]
the same, when it was lost: false
a first start: {"their own":0,"empty":2,"none":0}
one server: {"their own":0,"empty":2,"none":0}
