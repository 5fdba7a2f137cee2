--TEST--
What clients of HTTP send, and what they leave unread, takes little memory
--SKIPIF--
<?php
require_once __DIR__ . '/http.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/http.inc';

putenv('SHAREDANCED'); /* the server as users have it: a sanitizer's allocator gives memory back by rules of its own */
$server = new TestServer(['--http=127.0.0.1:0', '--memory=24M', '--maxreadsize=4M']);
$http = http_of($server);
http($http, '/');
$before = resident($server->process->pid);
$most = 0;
$unread = [];
for ($i = 0; $i < 60; $i++) {
    $socket = dial($http);
    say($socket, match ($i % 4) {
        0 => "GET / HTTP/1.1\r\n\r\n",
        1 => "GET /metrics HTTP/1.1\r\nA: " . str_repeat('x', 4000), /* and no end */
        2 => "POST / HTTP/1.1\r\nContent-Length: 4000\r\n\r\n" . str_repeat('x', 3000),
        3 => 'GET /' . str_repeat('x', 60000),
    });
    $unread[] = $socket;
    if (count($unread) >= 12) {
        hear(array_shift($unread)); /* the time is over of who came before it */
    }
    $most = max($most, resident($server->process->pid));
}
fact('less than 3 MB', $most - $before < 3072);
fact('and it answers', http($http, '/healthz')[0] === 200);
?>
--EXPECT--
less than 3 MB: yes
and it answers: yes
