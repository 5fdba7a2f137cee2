--TEST--
An address of --http that other machines reach gets a warning at the start; loopback and a unix socket get none
--SKIPIF--
<?php
require_once __DIR__ . '/http.inc';
skip_unless_sharedanced();
skip_unless_http_on_paths();
?>
--FILE--
<?php
require __DIR__ . '/http.inc';

foreach (['127.0.0.1:0' => 0, 'localhost:0' => 0, '0.0.0.0:0' => 1, 'unix:' . scratch() . '/http' => 0] as $address => $warnings) {
    $server = new TestServer(["--http=$address"]);
    fact("$address answers", http(str_replace('0.0.0.0', '127.0.0.1', http_of($server)), '/healthz')[0] === 200);
    fact('  with its warnings', lines($server, '/WARNING\].*by HTTP/') === $warnings);
}
$path = scratch() . '/http';
fact('the path has the mode of unix sockets', decoct(fileperms($path) & 0777) === '700');
echo 'status ', $server->stop(), "\n";
fact('and is removed', !file_exists($path));

$server = new TestServer(["--http=unix:$path", '--unix-socket-mode=0770']);
clearstatcache();
fact('with another mode', decoct(fileperms($path) & 0777) === '770');
$server->kill();
$server->start();
fact('a path that is left over is taken over', http("unix://$path", '/healthz')[0] === 200);

$relative = str_repeat('../', 12) . ltrim("$path-2", '/');
fact('one that begins without a slash is a path', http_of(new TestServer(["--http=unix:$relative"])) === "unix://$relative");

$taken = new TestServer(['--http=127.0.0.1:0']);
preg_match('/:(\d+)$/', http_of($taken), $match);
$options = ['--directory=' . scratch() . '/refused', '--port=0', ...(is_root() ? ['--uid=root'] : [])];
report_refusal([...$options, "--http=127.0.0.1:$match[1]"]);
report_refusal([...$options, '--http=9142']);
?>
--EXPECTF--
127.0.0.1:0 answers: yes
  with its warnings: yes
localhost:0 answers: yes
  with its warnings: yes
0.0.0.0:0 answers: yes
  with its warnings: yes
unix:%s/http answers: yes
  with its warnings: yes
the path has the mode of unix sockets: yes
status 0
and is removed: yes
with another mode: yes
a path that is left over is taken over: yes
one that begins without a slash is a path: yes
refused: [ERROR] cannot listen on 127.0.0.1:PORT: Address already in use
refused: [ERROR] --http must be an address and port, as 127.0.0.1:PORT or [::1]:PORT, or unix:PATH, "9142" given
