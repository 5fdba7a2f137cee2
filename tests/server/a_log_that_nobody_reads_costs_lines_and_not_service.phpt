--TEST--
a log that nobody reads costs lines and not service
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$path = scratch() . '/socket';
$fifo = scratch() . '/fifo';
exec('mkfifo ' . escapeshellarg($fifo));
$reader = fopen($fifo, 'r+');
stream_set_blocking($reader, false);
$process = proc_open(['setpriv', '--pdeathsig', 'KILL', '--', TestServer::program(), "--unix-socket=$path", '--directory=' . scratch() . '/data'],
    [['file', '/dev/null', 'r'], ['file', '/dev/null', 'w'], ['file', $fifo, 'w']], $pipes);
$log = '';
$read_until = function (string $what) use ($reader, &$log) {
    wait_until(function () use ($reader, &$log, $what) {
        $log .= (string) fread($reader, 65536);
        return str_contains($log, $what);
    }, $what);
};
$read_until('] ready');

/* the pipe is full to its last byte */
for ($length = 65536; $length > 0;) {
    $length = @fwrite($reader, str_repeat("\n", $length)) > 0 ? $length : intdiv($length, 2);
}
$kept = open_meta("unix://$path");
for ($i = 0; $i < 50; $i++) {
    request("unix://$path", 'X');
}
request("unix://$path", fetch(''));
echo 'it serves: ', meta($kept, "mg k\r\n");
$log = '';
while (fread($reader, 65536)) {
}
request("unix://$path", fetch(str_repeat('k', 255)));
$read_until("refused: the key is too long\n");
echo $log;
proc_terminate($process);
proc_close($process);
?>
--EXPECT--
it serves: EN
[WARNING] 3 lines were lost: nobody read them
[WARNING] a local client: refused: the key is too long
