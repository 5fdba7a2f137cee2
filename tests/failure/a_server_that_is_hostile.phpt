--TEST--
a server that is hostile
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/../session/session.inc';

/* What a server says ends up in exceptions, in the error log and on pages. */
const HOSTILE = "<script>alert(1)</script>\x1b[31m\x07\rFAKE LOG LINE\0\xff";

function hostile(string $answer, string $version = '1'): BrokenServer
{
    return new BrokenServer('speaks', bin2hex("$version-sharedanced"), bin2hex($answer));
}

function show(string $where, ?string $text): void
{
    echo $where, ': ', preg_match('/[^ -~]/', (string) $text) ? 'RAW ' . bin2hex($text) : tidy((string) $text), "\n";
}

$says = [];
foreach (['SERVER_ERROR ', 'CLIENT_ERROR ', 'ERROR '] as $word) {
    $says[$word] = hostile($word . HOSTILE . "\r\n", "9\x1b[1m\xff");
}
foreach ($says as $word => $server) {
    $cache = pool([$server]);
    foreach (['get', 'delete', 'increment', 'touch', 'has'] as $method) {
        try {
            $method === 'touch' ? $cache->touch('k', 1) : $cache->$method('k');
            echo "NO EXCEPTION\n";
        } catch (SharedanceException $exception) {
            if ($method === 'get' || preg_match('/[^ -~]/', $exception->getMessage())) {
                show(trim($word), $exception->getMessage());
            }
        }
    }
}
show('version', $cache->getServers()[0]['version']);
show('last error', $cache->getServers()[0]['last_error']);

echo "in the error log and in phpinfo()\n";
$log = scratch() . '/log';
$request = request([$says['SERVER_ERROR ']], 'set_error_handler(null); start("id"); (new ReflectionExtension("sharedance"))->info();', [
    'log_errors' => '1', 'error_log' => $log, 'display_errors' => '0',
]);
$request->wait();
echo preg_match('/[^ -~\n]/', $request->log()) ? 'RAW ' : 'printable, ', str_contains($request->log(), '9\x1b[1m\xff-sharedanced') ? "with the version\n" : "WITHOUT IT\n";
$lines = file($log, FILE_IGNORE_NEW_LINES);
foreach ($lines as $line) {
    if (preg_match('/[^ -~]/', $line) || !str_starts_with($line, '[')) {
        echo 'RAW ', bin2hex($line), "\n";
    }
}
echo count(preg_grep('/FAKE LOG LINE/', $lines)) > 0 ? "it is in the log, in one line\n" : "NOT THERE\n";

echo "a value that is announced and does not come\n";
foreach (['2147483647', '2000000000', '33554433', '18446744073709551615'] as $length) {
    $server = hostile("VA $length O%O c5 t5\r\n" . str_repeat('x', 1000));
    $cache = pool([$server]);
    memory_reset_peak_usage();
    $before = memory_get_usage();
    foreach ([fn () => $cache->get('k'), fn () => $cache->getMulti(['k', 'l'])] as $get) {
        try {
            $get();
            echo "NO EXCEPTION\n";
        } catch (SharedanceException $exception) {
            show($length, $exception->getMessage());
        }
    }
    echo memory_get_peak_usage() - $before < 1 << 20 ? 'no memory for it' : 'MEMORY FOR IT', ', the server is ', $cache->getServers()[0]['state'], "\n";
}
use_servers([$server]);
var_dump(start('id'));
?>
--EXPECT--
SERVER_ERROR: Failed to send command to [127.0.0.1:PORT] "the server says SERVER_ERROR <script>alert(1)</script>\x1b[31m\x07\x0dFAKE LOG LINE\x00\xff"
CLIENT_ERROR: Failed to send command to [127.0.0.1:PORT] "the server says CLIENT_ERROR <script>alert(1)</script>\x1b[31m\x07\x0dFAKE LOG LINE\x00\xff"
ERROR: Failed to send command to [127.0.0.1:PORT] "the server says ERROR <script>alert(1)</script>\x1b[31m\x07\x0dFAKE LOG LINE\x00\xff"
version: 9\x1b[1m\xff-sharedanced
last error: 
in the error log and in phpinfo()
printable, with the version
it is in the log, in one line
a value that is announced and does not come
2147483647: Failed to send command to [127.0.0.1:PORT] "a longer value was announced than any that can be stored"
2147483647: Failed to send command to [127.0.0.1:PORT] "a longer value was announced than any that can be stored"
no memory for it, the server is unknown
2000000000: Failed to send command to [127.0.0.1:PORT] "a longer value was announced than any that can be stored"
2000000000: Failed to send command to [127.0.0.1:PORT] "a longer value was announced than any that can be stored"
no memory for it, the server is unknown
33554433: Failed to send command to [127.0.0.1:PORT] "a longer value was announced than any that can be stored"
33554433: Failed to send command to [127.0.0.1:PORT] "a longer value was announced than any that can be stored"
no memory for it, the server is unknown
18446744073709551615: Failed to send command to [127.0.0.1:PORT] "an answer of another kind, or to another request, came: it begins with 'V' 'A'"
18446744073709551615: Failed to send command to [127.0.0.1:PORT] "an answer of another kind, or to another request, came: it begins with 'V' 'A'"
no memory for it, the server is unknown
Warning: session_start(): Sharedance failed to read the session (lock, after N ms, 0 bytes): Failed to send command to [127.0.0.1:PORT] 'an answer of another kind, or to another request, came: it begins with 'V' 'A''
Warning: session_start(): Failed to read session data: sharedance (path: tcp://127.0.0.1:PORT)
bool(false)
