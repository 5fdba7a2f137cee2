--TEST--
the dead marks of one user of php-fpm are not another one's
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require __DIR__ . '/web-stack.inc';
skip_unless_sharedanced();
if (fpm_program() === null || !running_as_root() || !posix_users_are_there()) {
    die('skip php-fpm is not installed, or cannot have two users');
}

function posix_users_are_there(): bool
{
    return shell_exec('id -u nobody 2>/dev/null') !== null && shell_exec('id -u www-data 2>/dev/null') !== null;
}
?>
--FILE--
<?php
require __DIR__ . '/web-stack.inc';

const USERS = ['nobody', 'www-data'];

/* A request by FastCGI, as nginx would pass it on. */
function ask_fpm(string $user, TestServer $server, float $timeout = 0): string
{
    $parameters = ['SCRIPT_FILENAME' => scratch() . '/page.inc', 'REQUEST_METHOD' => 'GET',
        'PORT' => (string) $server->port, 'TIMEOUT' => (string) $timeout];
    $pairs = '';
    foreach ($parameters as $name => $value) {
        $pairs .= pack('CN', strlen($name), strlen($value) | 0x80000000) . $name . $value;
    }
    $record = fn (int $type, string $body) => pack('CCnnCC', 1, $type, 1, strlen($body), 0, 0) . $body;
    $socket = stream_socket_client('unix://' . scratch() . "/$user.sock", $code, $message, 30);
    stream_set_timeout($socket, 60);
    fwrite($socket, $record(1, pack('nCx5', 1, 0)) . $record(4, $pairs) . $record(4, '') . $record(5, ''));
    $answer = stream_get_contents($socket);
    for ($at = 0, $page = ''; $at < strlen($answer); $at += 8 + $head['length'] + $head['padding']) {
        $head = unpack('Cversion/Ctype/nid/nlength/Cpadding', $answer, $at);
        $page .= $head['type'] === 6 ? substr($answer, $at + 8, $head['length']) : '';
    }
    return substr($page, strpos($page, "\r\n\r\n") + 4);
}

function start_fpm_of_users(array $users): Family
{
    $lines = ['[global]', 'error_log = ' . scratch() . '/fpm.log', 'daemonize = no'];
    foreach ($users as $user) {
        array_push($lines, "[$user]", "user = $user", 'listen = ' . scratch() . "/$user.sock", 'pm = static',
            'pm.max_children = 2', 'security.limit_extensions = .inc', 'catch_workers_output = yes');
    }
    file_put_contents(scratch() . '/fpm.conf', implode("\n", $lines) . "\n");
    $options = [...extension_options(), '-d', 'sharedance.timeout=0.5', '-d', 'sharedance.connect_timeout=0.5',
        '-d', 'sharedance.retry_interval=600'];
    $fpm = new Family([fpm_program(), '-n', '-F', '-R', '-y', scratch() . '/fpm.conf', ...$options]);
    wait_until(fn () => count(glob(scratch() . '/*.sock')) === count($users) || !$fpm->running(), 'php-fpm');
    return $fpm;
}

/* the two users have to get at the page */
chmod(scratch(), 0711);
copy(__DIR__ . '/two-users-page.inc', scratch() . '/page.inc');
chmod(scratch() . '/page.inc', 0644);
$fpm = start_fpm_of_users(USERS);
[$server, $other] = servers(2);
foreach ([$server, $other] as $each) {
    pool([$each])->set('key', 'value', 600);
}

echo "one finds the server silent, and it is back:\n";
$server->process->signal(19);
echo 'one: ', ask_fpm('nobody', $server), "\n";
$server->process->signal(18);
for ($i = 0; $i < 2; $i++) {
    echo 'one: ', ask_fpm('nobody', $server), ', two: ', ask_fpm('www-data', $server), "\n";
}

echo "one has a timeout of a millisecond:\n";
$other->process->signal(19);
echo 'one: ', ask_fpm('nobody', $other, 0.001), "\n";
$other->process->signal(18);
echo 'one: ', ask_fpm('nobody', $other), ', two: ', ask_fpm('www-data', $other), "\n";
$fpm->end();
?>
--EXPECT--
one finds the server silent, and it is back:
one: fails
one: fails, two: value
one: fails, two: value
one has a timeout of a millisecond:
one: fails
one: value, two: value
