--TEST--
Prometheus' promtool has nothing to say of /metrics, whatever the health is
--SKIPIF--
<?php
require_once __DIR__ . '/http.inc';
skip_unless_sharedanced();
if (trim((string) shell_exec('command -v promtool')) === '') {
    die('skip there is no promtool: it is in the package prometheus');
}
?>
--FILE--
<?php
require __DIR__ . '/http.inc';

function check(string $what, string $to): void
{
    file_put_contents(scratch() . '/metrics', http($to, '/metrics')[2]);
    exec('promtool check metrics <' . escapeshellarg(scratch() . '/metrics') . ' 2>&1', $output, $status);
    fact($what, $status === 0 && $output === []);
    echo $output === [] ? '' : implode("\n", $output) . "\n";
}

start_on_own_disk(has_image: false);
disk_fails('');
$server = new TestServer(['--http=127.0.0.1:0']);
$http = http_of($server);
check('as it starts', $http);
$socket = open_meta($server);
meta($socket, "ms a 1\r\nx\r\nmg a v\r\n", 3);
check('after some commands', $http);
disk_fails('data 28');
meta($socket, "ms a 1\r\nx\r\n");
wait_until(fn () => metrics($http)['sharedance_health{state="FULL"}'] === '1', 'the store to notice');
check('with a full disk', $http);
fact('which has a reason', preg_match('/^sharedance_health_reason_info\{reason="[^"]+"\} 1$/m', http($http, '/metrics')[2]) === 1);
fact('that the page shows', str_contains(http($http, '/')[2], 'Stores are refused: '));
?>
--EXPECT--
as it starts: yes
after some commands: yes
with a full disk: yes
which has a reason: yes
that the page shows: yes
