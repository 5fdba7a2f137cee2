--TEST--
a hundred thousand requests in flight are answered in order
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

/* Everything is sent before anything is read. */
$count = 100000;
$server = new TestServer();
$socket = dial($server);
$requests = '';
$expected = '';
for ($i = 0; $i < $count; $i++) {
    switch ($i % 4) {
        case 0:
            $requests .= "ms k$i 6 O$i\r\nvalue" . $i % 10 . "\r\n";
            $expected .= "HD O$i\r\n";
            break;
        case 1:
            $stored = $i - 1;
            $requests .= "mg k$stored v O$i\r\n";
            $expected .= "VA 6 O$i\r\nvalue" . $stored % 10 . "\r\n";
            break;
        case 2:
            $requests .= "mg none$i O$i\r\n";
            $expected .= "EN O$i\r\n";
            break;
        case 3:
            $requests .= "md k" . $i - 3 . " O$i\r\n";
            $expected .= "HD O$i\r\n";
            break;
    }
}
/* a process of its own sends, for the server reads no more while its answers are not taken */
$sender = pcntl_fork();
if ($sender === 0) {
    say($socket, $requests);
    stream_socket_shutdown($socket, STREAM_SHUT_WR);
    exit(0);
}
pcntl_waitpid($sender, $status, WNOHANG);
fact('all are answered, in order', hear($socket) === $expected);
pcntl_waitpid($sender, $status);

/* one byte at a time is a request, too */
$socket = open_meta($server);
foreach (str_split("ms slow 4\r\nbyte\r\n") as $i => $byte) {
    fwrite($socket, $byte);
    if ($i % 5 === 0) {
        round_trip($server);
    }
}
echo fgets($socket), meta($socket, "mg slow v\r\n", 2);
?>
--EXPECT--
all are answered, in order: yes
HD
VA 4
byte
