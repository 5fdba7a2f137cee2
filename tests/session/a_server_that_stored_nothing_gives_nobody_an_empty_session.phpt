--TEST--
a server on a new disk that stored nothing since gives nobody an empty session, however short --expiration is
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

const SHORT = 5; /* --expiration */

function tell(string $when, string $id, array $options = []): void
{
    $before = error_reporting(0);
    $session = visit($id, null, $options);
    error_reporting($before);
    echo "$when: ", $session === false ? 'none' : (isset($session['user']) ? 'their own' : 'an empty one'), "\n";
}

function lose_and_kill(): void
{
    $GLOBALS['kept']->start();
    lose_data($GLOBALS['lost']);
    time_passes(SHORT + 1);
    $GLOBALS['kept']->kill();
}

ini_set('sharedance.retry_interval', '0');
start_on_own_clock();
[$lost, $kept] = [new TestServer(['--expiration=' . SHORT]), new TestServer(['--expiration=' . SHORT])];
use_servers([$lost, $kept]);
foreach (['anna', 'bert', 'carl'] as $id) {
    visit($id, fn () => $_SESSION['user'] = $id);
}
$kept->kill();

foreach ([[], ['use_strict_mode' => '1'], ['read_and_close' => '1']] as $options) {
    lose_and_kill();
    tell('the other one is away', 'anna', $options);
    $kept->start();
    tell('it is back', 'anna', $options);
    $kept->kill();
}

lose_and_kill();
ini_set('sharedance.session.locking', '0');
tell('without locks', 'bert');
ini_set('sharedance.session.locking', '1');
tell('and with them', 'bert');

echo "a worker whose connection has told of a shorter life\n";
lose_and_kill();
time_passes(100);
$options = ['read_and_close' => '1']; /* so that an empty one is not stored */
ini_set('session.gc_maxlifetime', '60');
tell('all that was missed has expired', 'dora', $options);
ini_set('session.gc_maxlifetime', '1440');
tell('it has not at another site', 'carl', $options);
tell('nor now', 'carl', $options);
time_passes(1440);
tell('by now it has', 'carl', $options);
?>
--EXPECT--
the other one is away: none
it is back: their own
the other one is away: none
it is back: their own
the other one is away: none
it is back: their own
without locks: none
and with them: none
a worker whose connection has told of a shorter life
all that was missed has expired: an empty one
it has not at another site: none
nor now: none
by now it has: an empty one
