--TEST--
a stop that leaves something to the write-ahead log alone forces it to disk and says so; if it cannot, the exit status is 1
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

/* data.mdb cannot be written from some moment on; then SIGTERM, with the log well or not, and the power
 * is cut. What is said has to be so: after status 0 everything is there. */

$image = start_on_own_disk();
foreach (['always', 'interval', 'never'] as $sync) {
    foreach (['', 'data 5', 'data 28', 'sync-data 5', 'data 5 sync-wal 5', 'sync-data 5 sync-wal 5'] as $fault) {
        disk_fails('');
        array_map('unlink', glob("$image/*"));
        $server = new TestServer(["--sync=$sync"]);
        $socket = open_meta($server);
        meta($socket, "ms first 5\r\nvalue\r\n");
        wait_until_committed($server);
        disk_fails($fault);
        $stored = trim(meta($socket, "ms second 5\r\nvalue\r\n")) === 'HD';
        $status = $server->stop();
        $log = $server->process->log();
        disk_fails('');
        cut_power($server->directory, $image, $cut = scratch() . '/cut-' . md5("$sync $fault"), 0);
        $found = true;
        if ($status === 0) { /* otherwise nothing is promised */
            $restarted = new TestServer([], $cut);
            $found = meta(open_meta($restarted), "mg second v\r\nmn\r\n", 2) === "VA 5\r\nvalue\r\n";
            $restarted->stop();
        }
        printf(
            "%s, %s: %sstatus %d%s%s%s\n",
            $sync,
            $fault ?: 'a disk that is well',
            $stored ? '' : 'refused; ',
            $status,
            preg_match('/(\d+) bytes are in the write-ahead log, which is on disk, and the next start replays them/', $log, $match)
                && $match[1] > 0 ? ', replayed' : '',
            preg_match('/^\[ERROR\] (neither data.mdb could|data.mdb cannot be forced)/m', $log) ? ', may be lost' : '',
            $stored && !$found ? ', AND IT IS LOST' : ''
        );
    }
}
?>
--EXPECT--
always, a disk that is well: status 0
always, data 5: status 0, replayed
always, data 28: status 0, replayed
always, sync-data 5: status 0, replayed
always, data 5 sync-wal 5: refused; status 0
always, sync-data 5 sync-wal 5: refused; status 1, may be lost
interval, a disk that is well: status 0
interval, data 5: status 0, replayed
interval, data 28: status 0, replayed
interval, sync-data 5: status 0, replayed
interval, data 5 sync-wal 5: status 1, may be lost
interval, sync-data 5 sync-wal 5: status 1, may be lost
never, a disk that is well: status 0
never, data 5: status 0, replayed
never, data 28: status 0, replayed
never, sync-data 5: status 1, may be lost
never, data 5 sync-wal 5: status 1, may be lost
never, sync-data 5 sync-wal 5: status 1, may be lost
