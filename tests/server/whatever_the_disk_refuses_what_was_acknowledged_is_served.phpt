--TEST--
whatever the disk refuses, what was acknowledged is served, now and after the next start
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

/* Each call that can fail, with each error, while the server runs; then kill -9 and a start, with the
 * fault still there and without it. A store that is broken ends its process, so that another one tries. */

const FULL = 28; /* ENOSPC */
const BAD = 5; /* EIO */

/* The first two lines of the answers to a get, and to nothing; null: the server has ended. */
function value_at(TestServer $server, string $key): ?string
{
    try {
        return meta(open_meta($server), "mg $key v\r\nmn\r\n", 2);
    } catch (RuntimeException) {
        return null;
    }
}

function stores(TestServer $server, string $key): string
{
    return trim(meta(open_meta($server), "ms $key 5\r\nvalue\r\n"));
}

start_on_own_disk();
$program = getenv('SHAREDANCED');
foreach (['root ' . BAD, 'root ' . FULL, 'data ' . BAD, 'data ' . FULL, 'sync-data ' . BAD, 'wal ' . BAD,
    'wal ' . FULL, 'sync-wal ' . BAD, 'sync-data ' . BAD . ' sync-wal ' . BAD] as $fault) {
    disk_fails('');
    $server = new TestServer();
    stores($server, 'before');
    wait_until_committed($server);

    disk_fails($fault);
    $answers = ['before' => 'HD', 'under' => stores($server, 'under')];
    $health = fn () => preg_match('/the store is (FULL|READ_ONLY|BROKEN)/', $server->process->log(), $match)
        ? $match[1] : '';
    $ended = fn () => !$server->process->running();
    if ($fault !== 'sync-wal ' . BAD) { /* by then the B-tree has what the log had, and all is well */
        wait_until(fn () => $health() !== '' || $ended(), 'the store to notice');
    }
    if ($health() === 'BROKEN' || $fault === 'sync-data ' . BAD . ' sync-wal ' . BAD) {
        wait_until($ended, 'the server to end');
        $status = $server->process->wait();
    } else {
        $status = 'serves';
    }
    $served = $status === 'serves' && value_at($server, 'before') === "VA 5\r\nvalue\r\n" ? 'reads' : '';
    /* it has to be the same each time: no room, or a disk that fails */
    $said = $answers['under'] === 'HD' ? '' : ", says $answers[under]"
        . (stores($server, 'again') === $answers['under'] ? '' : ', AND ANOTHER TIME SOMETHING ELSE');
    $server->kill();

    /* under the fault: it never refuses to start for what it cannot write */
    $server->start();
    $right = $wrong = 0;
    foreach ($answers as $key => $answer) {
        $found = value_at($server, $key);
        $right += $answer === 'HD' && $found === "VA 5\r\nvalue\r\n";
        $wrong += $answer !== 'HD' && $found !== "EN\r\nMN\r\n";
    }
    $stays = $server->process->running();
    $server->kill();

    disk_fails('');
    $server->start();
    $healed = stores($server, 'after') === 'HD' && value_at($server, 'before') === "VA 5\r\nvalue\r\n"
        && (($answers['under'] === 'HD') === (value_at($server, 'under') === "VA 5\r\nvalue\r\n"));
    $end = $server->stop();
    printf("%s: %s%s%s; then %s, %d of %d there%s; %s, %d\n", $fault, $status === 'serves' ? 'serves ' : "ends with $status",
        $served, $said, $stays ? 'serves' : 'ENDS', $right, count(array_keys($answers, 'HD', true)), $wrong ? ' AND OTHERS' : '',
        $healed ? 'heals' : 'DOES NOT HEAL', $end);
}
?>
--EXPECTF--
root 5: ends with 1; then serves, 2 of 2 there; heals, 0
root 28: serves reads; then serves, 2 of 2 there; heals, 0
data 5: serves reads; then serves, 2 of 2 there; heals, 0
data 28: serves reads; then serves, 2 of 2 there; heals, 0
sync-data 5: serves reads; then serves, 2 of 2 there; heals, 0
wal 5: serves reads, says SERVER_ERROR the store failed: %s error; then serves, 1 of 1 there; heals, 0
wal 28: serves reads, says SERVER_ERROR the store is full: No space left on device; then serves, 1 of 1 there; heals, 0
sync-wal 5: serves reads; then serves, 2 of 2 there; heals, 0
sync-data 5 sync-wal 5: ends with 1; then serves, 2 of 2 there; heals, 0
