--TEST--
a session whose only lock is held by a name that moves to another server is written there, or it fails
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

ini_set('sharedance.session.lock_wait', '0');

/* A server that names can lead to: links to its socket. Connections stay as they are when a name moves. */
class Machine
{
    public TestServer $server;
    public string $socket;

    public function __construct()
    {
        static $count = 0;

        $directory = scratch() . '/machine-' . ++$count;
        $this->socket = "$directory-socket";
        $this->server = new TestServer(["--unix-socket=$this->socket"], $directory);
    }
}

function lead_to(string $name, Machine $machine): void
{
    @unlink($name);
    symlink($machine->socket, $name);
}

function cache_of(string $path): Sharedance
{
    $cache = new Sharedance();
    $cache->addServer(new SharedanceServer("unix:$path"));
    return $cache;
}

/* A session that is open while its name moves, from one machine to another, which are empty but for it. */
function moves(callable $meanwhile, string $how, bool $has_other): void
{
    static $count = 0;

    [$old, $new] = [new Machine(), new Machine()];
    $name = scratch() . '/name-' . ++$count;
    lead_to($name, $old);
    use_servers([]);
    ini_set('session.save_path', "unix:$name");
    if ($has_other) { /* which dies when it has the session, too */
        $other = new Machine();
        ini_set('session.save_path', "unix:$name, unix:$other->socket");
    }
    visit('id', fn () => $_SESSION['n'] = 1);
    if ($has_other) {
        $other->server->kill();
    }
    start('id');
    lead_to($name, $new);
    $meanwhile($name, $old, $new);
    if ($how === 'written') {
        $_SESSION['n'] = 2;
    }
    ob_start();
    $ended = $how === 'deleted' ? session_destroy() : session_write_close();
    $why = preg_match('/, \d+ bytes\): (.*)/', preg_replace('/after \w+ ms/', 'after N ms', ob_get_clean()), $match) ? $match[1] : 'done';
    echo "  $how: ", preg_replace('~unix:\S*/(name|machine)[\w-]*~', 'unix:$1', $why), '; on the new one: ',
        json_encode(cache_of($new->socket)->get('id', 'none')), "\n";
    $old->server->kill();
    $new->server->kill();
}

$knows = fn ($name) => cache_of($name)->has('other');
foreach ([
    'the old one dies' => fn ($name, $old) => $old->server->kill(),
    'it dies, and somebody else writes' => function ($name, $old) {
        $old->server->kill();
        cache_of($name)->set('id', 'n|i:50;');
    },
    'it stays, and the new one is known' => $knows,
    'it stays, and somebody else writes to the new one' => fn ($name) => cache_of($name)->set('id', 'n|i:50;'),
    'it is back by then' => function ($name, $old) use ($knows) {
        $knows($name);
        lead_to($name, $old);
    },
] as $case => $meanwhile) {
    foreach ([false, true] as $has_other) {
        echo $case, $has_other ? ', the other of the pair is dead' : '', "\n";
        foreach ($has_other ? ['written'] : ['written', 'prolonged', 'deleted'] as $how) {
            moves($meanwhile, $how, $has_other);
        }
    }
}
?>
--EXPECT--
the old one dies
  written: done; on the new one: "n|i:2;"
  prolonged: done; on the new one: "n|i:1;"
  deleted: done; on the new one: "none"
the old one dies, the other of the pair is dead
  written: Failed to connect on [unix:machine] 'Connection refused'; [unix:name] was down and has not been compared with the other server since: its copy may be out of date; on the new one: "none"
it dies, and somebody else writes
  written: the lock was lost meanwhile, and another request has written the session since: nothing was written; on the new one: "n|i:50;"
  prolonged: done; on the new one: "n|i:50;"
  deleted: the lock was lost meanwhile, and another request has written the session since: nothing was written; on the new one: "n|i:50;"
it dies, and somebody else writes, the other of the pair is dead
  written: the lock was lost meanwhile, and another request has written the session since: nothing was written; on the new one: "n|i:50;"
it stays, and the new one is known
  written: done; on the new one: "n|i:2;"
  prolonged: done; on the new one: "n|i:1;"
  deleted: done; on the new one: "none"
it stays, and the new one is known, the other of the pair is dead
  written: Failed to connect on [unix:machine] 'Connection refused'; [unix:name] was down and has not been compared with the other server since: its copy may be out of date; on the new one: "none"
it stays, and somebody else writes to the new one
  written: the lock was lost meanwhile, and another request has written the session since: nothing was written; on the new one: "n|i:50;"
  prolonged: done; on the new one: "n|i:50;"
  deleted: the lock was lost meanwhile, and another request has written the session since: nothing was written; on the new one: "n|i:50;"
it stays, and somebody else writes to the new one, the other of the pair is dead
  written: the lock was lost meanwhile, and another request has written the session since: nothing was written; on the new one: "n|i:50;"
it is back by then
  written: the lock was lost meanwhile, and could not be taken again: the name [unix:name] leads to two servers, and a lock on one of them does not count on the other; on the new one: "none"
  prolonged: done; on the new one: "none"
  deleted: the lock was lost meanwhile, and could not be taken again: the name [unix:name] leads to two servers, and a lock on one of them does not count on the other; on the new one: "none"
it is back by then, the other of the pair is dead
  written: the lock was lost meanwhile, and could not be taken again: the name [unix:name] leads to two servers, and a lock on one of them does not count on the other; on the new one: "none"
