--TEST--
--http answers GET and HEAD of /, /metrics, /healthz and /readyz with numbers, and with no key and no value
--SKIPIF--
<?php
require_once __DIR__ . '/http.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/http.inc';

$server = new TestServer(['--http=127.0.0.1:0']);
$http = http_of($server);
$socket = open_meta($server);
meta($socket, "ms secret-key 12 T100\r\nsecret-value\r\nmg secret-key v\r\nmg secret-none v\r\nml secret-lock T100\r\n", 5);

foreach (['/', '/metrics', '/healthz', '/readyz'] as $path) {
    [$status, $headers, $body] = http($http, $path);
    fact($path, $status === 200 && strlen($body) === (int) $headers['content-length'] && $body !== '');
    fact('  without a key or a value', !str_contains($body, 'secret'));
    fact('  not kept by anybody', $headers['cache-control'] === 'no-store' && $headers['connection'] === 'close');
    [$status, $head, $nothing] = http($http, $path, 'HEAD');
    fact('  HEAD', $status === 200 && $nothing === '' && $head['content-type'] === $headers['content-type'] && $head['content-length'] > 0);
    fact('  with a query', http($http, "$path?q=1")[0] === 200);
}
[, $headers, $page] = http($http, '/');
fact('nothing from elsewhere', !preg_match('~<script|<link|<img|<iframe|@import|url\(|src=|https?:~i', $page)
    && str_starts_with($headers['content-security-policy'], "default-src 'none'"));
fact('no script by an attribute', !preg_match('~\son\w+=~i', $page));

echo http($http, '/nothing')[0], ' ', http($http, '/metrics/')[0], ' ', http($http, '/../metrics')[0], "\n";
foreach (['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE'] as $method) {
    [$status, $headers] = http($http, '/metrics', $method);
    echo "$method: $status ", $headers['allow'] ?? '', "\n";
}
fact('two requests on a connection get one answer', substr_count(raw_http($http, str_repeat("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", 2)), 'the server serves') === 1);
fact('the other port is as it was', meta($socket, "mg secret-key v\r\n", 2) === "VA 12\r\nsecret-value\r\n");
?>
--EXPECT--
/: yes
  without a key or a value: yes
  not kept by anybody: yes
  HEAD: yes
  with a query: yes
/metrics: yes
  without a key or a value: yes
  not kept by anybody: yes
  HEAD: yes
  with a query: yes
/healthz: yes
  without a key or a value: yes
  not kept by anybody: yes
  HEAD: yes
  with a query: yes
/readyz: yes
  without a key or a value: yes
  not kept by anybody: yes
  HEAD: yes
  with a query: yes
nothing from elsewhere: yes
no script by an attribute: yes
404 404 404
POST: 405 GET, HEAD
PUT: 405 GET, HEAD
DELETE: 405 GET, HEAD
OPTIONS: 405 GET, HEAD
PATCH: 405 GET, HEAD
TRACE: 405 GET, HEAD
two requests on a connection get one answer: yes
the other port is as it was: yes
