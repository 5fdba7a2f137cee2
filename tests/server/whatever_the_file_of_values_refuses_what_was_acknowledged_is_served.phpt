--TEST--
whatever the file of long values refuses, what was acknowledged is served, and a failure is that of its key alone
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

/* Each call on the file that can fail, in each mode of --sync, while short values are stored, too; then
 * kill -9 and a start with the fault, and one without it. */

const LONG = 40000;

function stores(TestServer $server, string $key, int $length): string
{
    $value = str_repeat($key[0], $length);
    return substr(trim(meta(open_meta($server), "ms $key $length\r\n$value\r\n")), 0, 12);
}

/* "value", "none" or "error" */
function found(TestServer $server, string $key, int $length): string
{
    $socket = open_meta($server);
    fwrite($socket, "mg $key v\r\n");
    $line = fgets($socket);
    if ($line === "VA $length\r\n") {
        return stream_get_contents($socket, $length) === str_repeat($key[0], $length) ? 'value' : 'WRONG';
    }
    return $line === "EN\r\n" ? 'none' : (str_starts_with($line, 'SERVER_ERROR') ? 'error' : "WRONG $line");
}

/* What is found of all that was answered with HD, in short. */
function all_found(TestServer $server, array $answers): string
{
    $found = [];
    foreach ($answers as $key => [$answer, $length]) {
        if ($answer === 'HD') {
            $found[] = found($server, $key, $length);
        }
    }
    return implode(' ', array_map(fn ($what, $count) => "$count $what", array_keys(array_count_values($found)),
        array_count_values($found)));
}

start_on_own_disk();
foreach (['values 5', 'values 28', 'sync-values 5', 'read-values 5'] as $fault) {
    foreach (['interval', 'always', 'never'] as $sync) {
        disk_fails('');
        $server = new TestServer(["--sync=$sync"]);
        $answers = ['before' => [stores($server, 'before', LONG), LONG]];
        wait_until_committed($server);
        disk_fails($fault);
        $answers['under'] = [stores($server, 'under', LONG), LONG];
        $answers['short'] = [stores($server, 'short', 5), 5];
        echo "$fault, $sync: long {$answers['under'][0]}, short {$answers['short'][0]}; ", all_found($server, $answers);
        $server->kill();
        $server->start();
        echo '; started: ', all_found($server, $answers);
        $server->kill();
        disk_fails('');
        $server->start();
        $answers['after'] = [stores($server, 'after', LONG), LONG];
        wait_until_committed($server);
        echo '; healed: ', all_found($server, $answers), ', ', $server->stop(), "\n";
    }
}

/* health says so as long as it lasts, though nobody writes */
$health = function () use (&$server) {
    $socket = open_meta($server);
    fwrite($socket, "stats\r\n");
    for ($all = ''; !str_ends_with($all, "END\r\n"); $all .= fgets($socket)) {
    }
    return preg_match('/^STAT health (\S+)/m', $all, $match) ? $match[1] : 'unknown';
};
$server = new TestServer();
foreach (['values 28', 'values 5'] as $fault) {
    disk_fails($fault);
    stores($server, 'last', LONG);
    echo "$fault: ", $health(), "\n";
    disk_fails('');
    wait_until(fn () => $health() === 'OK', 'the store to notice that its disk is well');
}
fact('each was told once', lines($server, '/the store is (FULL|READ_ONLY)/') === 2 && lines($server, '/the store is OK again/') === 2);
?>
--EXPECT--
values 5, interval: long SERVER_ERROR, short HD; 2 value; started: 2 value; healed: 3 value, 0
values 5, always: long SERVER_ERROR, short HD; 2 value; started: 2 value; healed: 3 value, 0
values 5, never: long SERVER_ERROR, short HD; 2 value; started: 2 value; healed: 3 value, 0
values 28, interval: long SERVER_ERROR, short HD; 2 value; started: 2 value; healed: 3 value, 0
values 28, always: long SERVER_ERROR, short HD; 2 value; started: 2 value; healed: 3 value, 0
values 28, never: long SERVER_ERROR, short HD; 2 value; started: 2 value; healed: 3 value, 0
sync-values 5, interval: long HD, short HD; 3 value; started: 3 value; healed: 4 value, 0
sync-values 5, always: long SERVER_ERROR, short SERVER_ERROR; 1 value; started: 1 value; healed: 2 value, 0
sync-values 5, never: long HD, short HD; 3 value; started: 3 value; healed: 4 value, 0
read-values 5, interval: long HD, short HD; 2 error 1 value; started: 2 error 1 value; healed: 4 value, 0
read-values 5, always: long HD, short HD; 2 error 1 value; started: 2 error 1 value; healed: 4 value, 0
read-values 5, never: long HD, short HD; 2 error 1 value; started: 2 error 1 value; healed: 4 value, 0
values 28: FULL
values 5: READ_ONLY
each was told once: yes
