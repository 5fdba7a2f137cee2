--TEST--
a server whose files are immutable starts and serves what there is, and writes as soon as it can
--SKIPIF--
<?php
require __DIR__ . '/server.inc';
skip_unless_sharedanced();
skip_unless_root();
$file = scratch() . '/file';
touch($file);
exec('chattr +i ' . escapeshellarg($file) . ' 2>&1 && chattr -i ' . escapeshellarg($file), $output, $status);
if ($status !== 0) {
    die('skip no file can be made immutable: ' . implode(' ', $output));
}
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$directory = scratch() . '/data';
register_shutdown_function(fn () => immutable('-', ['.']));

function immutable(string $sign, array $files): void
{
    foreach ($files as $file) {
        exec("chattr -R {$sign}i " . escapeshellarg("{$GLOBALS['directory']}/$file") . ' 2>/dev/null');
    }
}

function health(TestServer $server): string
{
    $socket = open_meta($server);
    fwrite($socket, "stats\r\n");
    for ($all = ''; !str_ends_with($all, "END\r\n"); $all .= fgets($socket)) {
    }
    preg_match('/^STAT health (\w+)/m', $all, $state);
    preg_match('/^STAT health_reason (.*)\r/m', $all, $reason);
    return $state[1] . (isset($reason[1]) ? ": $reason[1]" : '');
}

$server = new TestServer([], $directory);
meta(open_meta($server), "ms key 5\r\nvalue\r\n");
foreach (['clean', 'killed'] as $end) {
    foreach ([['data.mdb'], ['lock.mdb'], ['data.mdb', 'lock.mdb'], ['sharedanced.lock'], ['.']] as $files) {
        meta(open_meta($server), "ms last 3\r\nnew\r\n");
        $end === 'clean' ? $server->stop() : $server->kill();
        immutable('+', $files);
        $server->start();
        echo implode(' and ', $files), ", $end: ", health($server), "\n";
        fact('  is served', trim(meta(open_meta($server), "mg key s\r\n")) === 'HD s5'
            && trim(meta(open_meta($server), "mg last s\r\n")) === 'HD s3');
        $stored = meta(open_meta($server), "ms other 5\r\nvalue\r\n"); /* by the log, if it can be written */
        immutable('-', $files);
        wait_until(fn () => health($server) === 'OK', 'a server that can write again');
        wait_until_committed($server);
        fact('  what was acknowledged is there', str_starts_with($stored, 'SERVER_ERROR')
            || trim(meta(open_meta($server), "mg other s\r\n")) === 'HD s5');
    }
}
?>
--EXPECT--
data.mdb, clean: READ_ONLY: Operation not permitted
  is served: yes
  what was acknowledged is there: yes
lock.mdb, clean: READ_ONLY: Operation not permitted
  is served: yes
  what was acknowledged is there: yes
data.mdb and lock.mdb, clean: READ_ONLY: Operation not permitted
  is served: yes
  what was acknowledged is there: yes
sharedanced.lock, clean: OK
  is served: yes
  what was acknowledged is there: yes
., clean: READ_ONLY: Operation not permitted
  is served: yes
  what was acknowledged is there: yes
data.mdb, killed: READ_ONLY: Operation not permitted
  is served: yes
  what was acknowledged is there: yes
lock.mdb, killed: READ_ONLY: Operation not permitted
  is served: yes
  what was acknowledged is there: yes
data.mdb and lock.mdb, killed: READ_ONLY: Operation not permitted
  is served: yes
  what was acknowledged is there: yes
sharedanced.lock, killed: OK
  is served: yes
  what was acknowledged is there: yes
., killed: READ_ONLY: Operation not permitted
  is served: yes
  what was acknowledged is there: yes
