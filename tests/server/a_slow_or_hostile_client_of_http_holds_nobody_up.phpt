--TEST--
A client of HTTP has five seconds, a few are heard at a time, and whatever they send costs no other client its answer
--SKIPIF--
<?php
require_once __DIR__ . '/http.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/http.inc';

$server = new TestServer(['--http=127.0.0.1:0', '--memory=24M', '--maxreadsize=4M']);
$http = http_of($server);
$socket = open_meta($server);
$descriptors = fn () => count(scandir("/proc/{$server->process->pid}/fd"));
$served = fn () => meta($socket, "mn\r\n") === "MN\r\n";
fact('it answers', http($http, '/')[0] === 200 && $served());
wait_until(fn () => $descriptors() <= 40, 'few descriptors');
$before = $descriptors();

/* many who say nothing: eight are heard at a time, and the others wait in the system's queue */
$began = hrtime(true);
$silent = array_map(fn () => dial($http), range(1, 20));
wait_until(fn () => $descriptors() === $before + 8, 'eight to be accepted');
fact('others are served meanwhile', $served());
fact('the silent are closed', hear($silent[0]) === '');
$seconds = (hrtime(true) - $began) / 1e9;
fact('after five seconds, and not before', $seconds > 4 && $seconds < 30);
unset($silent);
fact('then who asks is answered', http($http, '/healthz')[0] === 200);

/* who sends a byte from time to time */
$slow = dial($http);
$began = hrtime(true);
for ($i = 0; @fwrite($slow, 'G') !== false && !feof($slow) && $i < 1200; $i++) {
    fread($slow, 100);
    usleep(50000);
}
fact('who sends a byte from time to time is closed, too', $i < 1200 && (hrtime(true) - $began) / 1e9 > 1);

/* what is too long, and what is no HTTP */
$first_line = fn (string $request) => (int) substr(raw_http($http, $request), 9, 3);
$is_refused = fn (int $status) => $status === 0 || $status >= 400;
fact('a long header', $is_refused($first_line("GET / HTTP/1.1\r\nA: " . str_repeat('x', 100000) . "\r\n\r\n")));
fact('many headers', $is_refused($first_line("GET / HTTP/1.1\r\n" . str_repeat("A: b\r\n", 5000) . "\r\n")));
fact('a long path', $is_refused($first_line('GET /' . str_repeat('x', 100000) . " HTTP/1.1\r\n\r\n")));
fact('a body that is announced as long', $is_refused($first_line("POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n")));
fact('a body without an end', $is_refused($first_line("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" . str_repeat("fff\r\n" . str_repeat('x', 0xfff) . "\r\n", 50))));
mt_srand(4);
for ($i = 0; $i < 20; $i++) {
    $bytes = '';
    for ($length = mt_rand(1, 300); strlen($bytes) < $length; $bytes .= chr(mt_rand(0, 255))) {
    }
    $garbage = dial($http);
    say($garbage, ($i % 2 ? 'GET /' : '') . $bytes . "\r\n\r\n");
    stream_socket_shutdown($garbage, STREAM_SHUT_WR);
    hear($garbage);
}
fact('random bytes', $served());

/* who does not read */
$deaf = array_map(function () use ($http) {
    $socket = dial($http);
    say($socket, "GET / HTTP/1.1\r\n\r\n");
    return $socket;
}, range(1, 8));
wait_until(fn () => $descriptors() === $before, 'their end');
unset($deaf);

/* as many as can be: the server answers some twenty in a second, whoever asks for how many */
$began = hrtime(true);
for ($answers = 0; hrtime(true) - $began < 2e9; $answers++) {
    http($http, '/metrics');
}
$most = 8 + 25 * ceil((hrtime(true) - $began) / 1e9);
fact('a flood is slowed down', $answers > 3 && $answers <= $most);
fact('no line of it is in the log', lines($server, '/^/m') <= 5);
fact('it still answers', http($http, '/')[0] === 200 && $served());
wait_until(fn () => $descriptors() === $before, 'no descriptor to be left');
?>
--EXPECT--
it answers: yes
others are served meanwhile: yes
the silent are closed: yes
after five seconds, and not before: yes
then who asks is answered: yes
who sends a byte from time to time is closed, too: yes
a long header: yes
many headers: yes
a long path: yes
a body that is announced as long: yes
a body without an end: yes
random bytes: yes
a flood is slowed down: yes
no line of it is in the log: yes
it still answers: yes
