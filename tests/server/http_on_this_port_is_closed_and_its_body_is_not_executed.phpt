--TEST--
HTTP on this port is closed, and its headers and body are not executed
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer(['--timeout=1']);
$methods = ['mg', 'ms', 'md', 'ma', 'ml', 'mu', 'mn', 'version', 'stats', 'verbosity', 'quit', 'get', 'GET', 'POST', 'PUT', 'DELETE', 'SEARCH', 'FETCH'];
foreach ($methods as $method) {
    foreach (['/', '/ms/evil'] as $path) {
        $headers = "$method $path HTTP/1.1\r\nHost: 127.0.0.1\r\nms evil 4\r\nevil\r\nContent-Length: 40\r\n\r\n";
        foreach (["ms evil 4\r\nevil\r\nmg evil v\r\n", "\r\nms evil 4\r\nevil\r\n"] as $body) {
            $answer = request($server, $headers . $body);
            if ($answer !== '') {
                echo "$method $path: ", json_encode($answer), "\n";
            }
        }
    }
}
/* in the middle of a conversation: nothing of the request, or behind it */
echo json_encode(request($server, "mn\r\nmg / HTTP/1.1\r\nms evil 4\r\nevil\r\n")), "\n";
echo json_encode(request($server, "mn\r\nfoo\r\nHost: x\r\nms evil 4\r\nevil\r\n")), "\n";
echo json_encode(request($server, "mn\r\nmd / HTTP/1.1\r\nms evil 4\r\nevil\r\n")), "\n";
echo 'stored: ', meta(open_meta($server), "mg evil v\r\n");
fact('the log says so', lines($server, '/127\.0\.0\.1:\d+: refused: HTTP on this port$/m') === 2);

/* requests of the protocol that look a little like it */
echo meta(open_meta($server), "ms HTTP/1.1 5 OHTTP/1.1\r\nHost:\r\nmg HTTP/1.1 v\r\n", 3);
?>
--EXPECT--
"MN\r\n"
"MN\r\nERROR\r\n"
"MN\r\n"
stored: EN
the log says so: yes
HD OHTTP/1.1
VA 5
Host:
