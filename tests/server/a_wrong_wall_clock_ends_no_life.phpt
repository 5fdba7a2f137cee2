--TEST--
a wall clock that is two hours ahead or behind ends no life: while the server runs, at its start, and across a restart
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

const HOUR = 3600;

start_on_own_clock();

/* How many of the sessions are there: as a connection of its own says, that is not of the present tick. */
function count_sessions(TestServer $server): int
{
    $there = 0;
    $socket = open_meta($server);
    for ($i = 0; $i < 50; $i++) {
        $there += str_starts_with(meta($socket, "mg session$i s\r\n"), 'HD');
    }
    return $there;
}

function store_sessions(TestServer $server): void
{
    $socket = open_meta($server);
    for ($i = 0; $i < 50; $i++) {
        meta($socket, "ms session$i 1 T1440\r\nx\r\n");
    }
}

/* The clock is wrong for two seconds, in which the server sweeps if it believes it. */
function wrong_for_two_seconds(int $error): void
{
    clock_is_ahead($error);
    sleep(2);
    clock_is_ahead(0);
}

foreach (['ahead' => 2 * HOUR, 'behind' => -2 * HOUR] as $what => $error) {
    $server = new TestServer();
    store_sessions($server);
    wait_until_committed($server);
    wrong_for_two_seconds($error);
    fact("$what while it runs, there", count_sessions($server) === 50);

    /* wrong as it starts, and set right a little later */
    $server->kill();
    clock_is_ahead($error);
    $server->start();
    wrong_for_two_seconds($error);
    wait_until(fn () => count_sessions($server) === 50, 'the sessions');
    fact("$what at the start, there", true);

    /* wrong when it dies */
    clock_is_ahead($error);
    sleep(2);
    $server->kill();
    clock_is_ahead(0);
    $server->start();
    fact("$what as it dies, there", count_sessions($server) === 50);

    /* stored while it was wrong since the start, and found by the next one */
    $server->stop();
    clock_is_ahead($error);
    $server = new TestServer();
    store_sessions($server);
    clock_is_ahead(0);
    sleep(2);
    $is_told = lines($server, '/the wall clock is 7\d\d\d seconds (ahead of|behind) the store/') > 0;
    $server->kill();
    $server->start();
    fact("stored while it was $what, there", count_sessions($server) === 50);
    fact('it is in the log', $is_told);
    $server->stop();

    /* the same, and it dies as the clock is set right: what it found last is on no disk */
    clock_is_ahead($error);
    $server = new TestServer();
    store_sessions($server);
    clock_is_ahead(0);
    $server->kill();
    $server->start();
    fact("it dies as it is set right, there", count_sessions($server) === 50);
    $server->stop();
}
?>
--EXPECT--
ahead while it runs, there: yes
ahead at the start, there: yes
ahead as it dies, there: yes
stored while it was ahead, there: yes
it is in the log: yes
it dies as it is set right, there: yes
behind while it runs, there: yes
behind at the start, there: yes
behind as it dies, there: yes
stored while it was behind, there: yes
it is in the log: yes
it dies as it is set right, there: yes
