--TEST--
a subclass that changes the ids that it creates pays for it once: from the second new session on it costs what any other does
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

class Prefixing extends SessionHandler
{
    public function create_sid(): string
    {
        return 'mine-' . parent::create_sid();
    }
}

class Telling extends SessionHandler
{
    public static int $count = 0;

    public function create_sid(): string
    {
        self::$count++;
        return parent::create_sid();
    }
}

class PrefixingSession extends SharedanceSession
{
    public function create_sid(): string
    {
        return 'mine-' . parent::create_sid();
    }
}

$relay = relayed($server = new TestServer());
use_servers([$relay]);
visit('id', fn () => $_SESSION['n'] = 1);

/* Each new session: how often something is sent, and what is asked. */
function show(string $what, callable $handler): void
{
    global $relay, $server;

    echo "$what\n";
    for ($i = 0; $i < 4; $i++) {
        session_set_save_handler($handler());
        asked($relay);
        sent($relay);
        $id = '';
        visit('', function () use (&$id) {
            $id = session_id();
            $_SESSION['n'] = 1;
        });
        preg_match_all('/^m[lgsu](?= )/m', asked($relay), $requests);
        echo '  ', sent($relay), ' times: ', implode(' ', $requests[0]);
        echo entry($server, $id) === 'n|i:1;' && is_free($server, $id) ? '' : ' WRONG', "\n";
    }
}

foreach (['0', '1'] as $strict) {
    ini_set('session.use_strict_mode', $strict);
    show('the save handler', fn () => new SessionHandler());
    show('a subclass that changes ids', fn () => new Prefixing());
    show('one that does not', fn () => new Telling());
    show('the class, with ids changed', fn () => new PrefixingSession(pool([$relay])));
    show('the save handler', fn () => new SessionHandler());
}
?>
--EXPECT--
the save handler
  2 times: ml mg ms mu
  2 times: ml mg ms mu
  2 times: ml mg ms mu
  2 times: ml mg ms mu
a subclass that changes ids
  4 times: ml mg mu ml mg ms mu
  2 times: ml mg ms mu
  2 times: ml mg ms mu
  2 times: ml mg ms mu
one that does not
  2 times: ml mg ms mu
  2 times: ml mg ms mu
  2 times: ml mg ms mu
  2 times: ml mg ms mu
the class, with ids changed
  4 times: ml mg mu ml mg ms mu
  2 times: ml mg ms mu
  2 times: ml mg ms mu
  2 times: ml mg ms mu
the save handler
  2 times: ml mg ms mu
  2 times: ml mg ms mu
  2 times: ml mg ms mu
  2 times: ml mg ms mu
the save handler
  2 times: ml mg ms mu
  2 times: ml mg ms mu
  2 times: ml mg ms mu
  2 times: ml mg ms mu
a subclass that changes ids
  4 times: ml mg mu ml mg ms mu
  2 times: ml mg ms mu
  2 times: ml mg ms mu
  2 times: ml mg ms mu
one that does not
  2 times: ml mg ms mu
  2 times: ml mg ms mu
  2 times: ml mg ms mu
  2 times: ml mg ms mu
the class, with ids changed
  4 times: ml mg mu ml mg ms mu
  2 times: ml mg ms mu
  2 times: ml mg ms mu
  2 times: ml mg ms mu
the save handler
  2 times: ml mg ms mu
  2 times: ml mg ms mu
  2 times: ml mg ms mu
  2 times: ml mg ms mu
