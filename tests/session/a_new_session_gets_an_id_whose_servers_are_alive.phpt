--TEST--
a new session gets an id whose servers are alive: a healthy server's session is not lost by a new id
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

const VISITORS = 40;

/* The servers that a request of its own has, with all marks yet to be set. */
function trial(string $what, array $servers, string $handler, array $settings): void
{
    $code = '$handler = ' . var_export($handler, true) . '; $visitors = ' . VISITORS . '; ' . <<<'PHP'
        if ($handler === 'SharedanceSession') {
            $pool = new Sharedance(ini_get('sharedance.session.redundancy') === '1');
            foreach (explode(', ', ini_get('session.save_path')) as $server) {
                $pool->addServer(new SharedanceServer('127.0.0.1', (int) substr(strrchr($server, ':'), 1)));
            }
            session_set_save_handler(new SharedanceSession($pool));
        } elseif ($handler !== '') {
            session_set_save_handler(new $handler());
        }
        $refused = $lost = 0;
        set_error_handler(fn () => true);
        for ($i = 0; $i < $visitors; $i++) {
            session_id('');
            if (!session_start()) {
                $refused++;
                continue;
            }
            $_SESSION['n'] = $i;
            $begun = session_id();
            session_write_close();
            session_id($begun);
            try {
                session_start();
                session_regenerate_id(true);
            } catch (Error) {
            }
            $id = session_id();
            session_write_close();
            session_id($id);
            if ($id === '' || !session_start() || ($_SESSION['n'] ?? null) !== $i) {
                $lost++;
            }
            session_write_close();
        }
        echo "refused: $refused, lost: $lost\n";
        PHP;
    $request = request($servers, $code, $settings);
    $request->wait(300);
    echo "$what: ", $request->log();
}

$servers = servers(4);
$servers[0]->kill();
foreach (['0', '1'] as $strict) {
    foreach (['', 'SessionHandler', 'SharedanceSession'] as $handler) {
        trial("one of four is dead, strict mode $strict, '$handler'", $servers, $handler, [
            'sharedance.session.redundancy' => '0',
            'session.use_strict_mode' => $strict,
        ]);
    }
}
$servers[1]->kill();
trial('two of four pairs are dead', $servers, '', ['sharedance.session.redundancy' => '1']);

echo "a server that answers, but nothing that is to be believed, has no mark\n";
$broken = [new BrokenServer('speaks', bin2hex('1.0-sharedanced'), bin2hex("rubbish\r\n")), $servers[2], $servers[3]];
trial('one of three', $broken, '', ['sharedance.session.redundancy' => '0']);

/* what is known of the dead costs no try: three of them would use all tries up */
$six = [new BrokenServer('silent'), new BrokenServer('silent'), new BrokenServer('silent'), $servers[2], $servers[3], new TestServer()];
$started = request($six, <<<'PHP'
    $pool = new Sharedance();
    $pool->addServers(ini_get('session.save_path'));
    for ($i = 0; $i < 100; $i++) {
        try {
            $pool->get("key$i");
        } catch (SharedanceException) {
        }
    }
    for ($i = $begun = 0; $i < 100; $i++) {
        session_id('');
        $begun += (int) @session_start();
        session_abort();
    }
    echo "$begun\n";
    PHP, [
    'sharedance.session.redundancy' => '0',
    'sharedance.timeout' => '0.5',
    'sharedance.retry_interval' => '600',
]);
$started->wait(300);
echo 'three of six are marked as silent: of 100 start ', $started->log();

echo "there is no other server\n";
use_servers([$servers[0]]);
var_dump(session_start());
use_servers([$servers[0], $servers[1]]);
var_dump(session_start());
?>
--EXPECT--
one of four is dead, strict mode 0, '': refused: 0, lost: 0
one of four is dead, strict mode 0, 'SessionHandler': refused: 0, lost: 0
one of four is dead, strict mode 0, 'SharedanceSession': refused: 0, lost: 0
one of four is dead, strict mode 1, '': refused: 0, lost: 0
one of four is dead, strict mode 1, 'SessionHandler': refused: 0, lost: 0
one of four is dead, strict mode 1, 'SharedanceSession': refused: 0, lost: 0
two of four pairs are dead: refused: 0, lost: 0
a server that answers, but nothing that is to be believed, has no mark
one of three: refused: 0, lost: 0
three of six are marked as silent: of 100 start 100
there is no other server
Warning: session_start(): Sharedance failed to read the session (connect, after N ms, 0 bytes): Failed to connect on [127.0.0.1:PORT] 'Connection refused'
Warning: session_start(): Failed to read session data: sharedance (path: tcp://127.0.0.1:PORT)
bool(false)
Warning: session_start(): Sharedance failed to read the session (connect, after N ms, 0 bytes): Failed to connect on [127.0.0.1:PORT] 'Connection refused'; Failed to connect on [127.0.0.1:PORT] 'Connection refused'
Warning: session_start(): Failed to read session data: sharedance (path: tcp://127.0.0.1:PORT, tcp://127.0.0.1:PORT)
bool(false)
