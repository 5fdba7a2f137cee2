--TEST--
a life of months does not change if the clock is set while clients are connected
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
if (trim((string) shell_exec('command -v cc')) === '') {
    die('skip there is no compiler for the clock');
}
?>
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/../helper.inc';
require __DIR__ . '/../clock.inc';

const DAY = 24 * 60 * 60;

ob_start(); /* a session is started */
foreach (['use_cookies' => '0', 'use_strict_mode' => '0', 'cache_limiter' => '', 'save_handler' => 'sharedance',
    'gc_maxlifetime' => (string) (60 * DAY)] as $name => $value) {
    ini_set("session.$name", $value);
}

/* Such a life is sent as a date, which the client makes of the time that it was told. It is exact to a second. */
function lives_of(array $servers, string $key): string
{
    return implode(', ', array_map(fn ($server) => lives($server, $key, 60 * DAY + 1) ? '60 days'
        : json_encode(life($server, $key)) . ' s', $servers));
}

/* In seconds. It is told in microseconds, which 32 bits do not hold. */
function clock_of(TestServer $server): int
{
    return (int) ((float) explode(' w', meta_line($server, 'mn sharedance'))[1] / 1e6);
}

/* The line that answers on that connection. */
function asked($connection, string $request): string
{
    fwrite($connection, "$request\r\n");
    return fgets($connection);
}

start_on_own_clock();
foreach (['ahead' => [0, 365 * DAY], 'back' => [20 * 60 * 60, 0]] as $where => [$before, $after]) {
    set_clocks($before, 0);
    $servers = servers(2);
    $pool = pool($servers, true);
    ini_set('session.save_path', implode(', ', array_map(fn ($server) => "tcp://127.0.0.1:$server->port", $servers)));
    $pool->set('before', 'value', 60 * DAY);
    $told = stream_socket_client("tcp://127.0.0.1:{$servers[0]->port}");
    $date = (int) ((float) explode(' w', asked($told, 'mn sharedance'))[1] / 1e6) + 60 * DAY;
    session_id("id$where");
    session_start();
    $_SESSION['n'] = 'before';
    session_write_close();

    set_clocks($after, 0);
    foreach ($servers as $server) { /* a server looks once a second */
        wait_until(fn () => abs(clock_of($server) - time() - $after) < 600, 'a server that sees its clock');
    }
    echo "the clock is set $where\n";
    echo 'set: ', $pool->set('after', 'value', 60 * DAY), ', ', lives_of($servers, 'after'), "\n";
    asked($told, "mg vivified N$date v");
    fgets($told); /* the empty value */
    preg_match('/^HD t(\d+) Z$/', meta_line($servers[0], 'mg vivified t'), $left);
    fact('a vivified entry has 60 days', $left[1] > 60 * DAY - 60 && $left[1] <= 60 * DAY + 1);
    asked($told, 'ml lock T' . 31 * DAY); /* no date, and cut to an hour */
    fwrite($told, "stats locks\r\n");
    do {
        $line = fgets($told);
    } while (!preg_match('/^STAT lock:\S+ \d+ (\d+) /', $line, $left) && $line !== "END\r\n");
    fact('the lock has an hour', ($left[1] ?? 0) > 3500 * 1000);
    $pool->set('touched', 'value', DAY);
    $pool->touch('touched', 60 * DAY);
    echo 'touch: ', lives_of($servers, 'touched'), "\n";
    session_start();
    echo 'session: ', $_SESSION['n'];
    $_SESSION['n'] = 'after';
    session_write_close();
    session_start();
    echo ', ', $_SESSION['n'] ?? 'nothing', ', ', lives_of($servers, "id$where"), "\n";
    session_write_close();
}
?>
--EXPECT--
the clock is set ahead
set: 2, 60 days, 60 days
a vivified entry has 60 days: yes
the lock has an hour: yes
touch: 60 days, 60 days
session: before, after, 60 days, 60 days
the clock is set back
set: 2, 60 days, 60 days
a vivified entry has 60 days: yes
the lock has an hour: yes
touch: 60 days, 60 days
session: before, after, 60 days, 60 days
