--TEST--
a change-over reads each form of an old place and refuses others
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
if (!is_file(root() . '/examples/change_over.php')) { /* pecl installs the tests alone */
    die('skip the example is not beside the tests');
}
skip_unless_memcached();
if (trim((string) shell_exec('command -v redis-server')) === '' || trim((string) shell_exec('command -v setpriv')) === '') {
    die('skip redis-server or setpriv is not installed');
}
foreach (['redis', 'memcached'] as $extension) {
    if (!is_file(ini_get('extension_dir') . "/$extension.so")) {
        die("skip the extension $extension is not installed");
    }
}
?>
--FILE--
<?php
require __DIR__ . '/change-over.inc';

const NEEDS = ['files' => [], 'memcached' => ['igbinary', 'msgpack', 'memcached'], 'redis' => ['igbinary', 'redis']];
$servers = servers(2);

/* {{{ forms */

$port = refusing_port();
foreach (['tcp' => ['--port', (string) $port], 'unix' => ['--port', '0', '--unixsocket', scratch() . '/redis']] as $options) {
    new Process(['redis-server', '--bind', '127.0.0.1', '--save', '', '--dir', scratch(), ...$options]);
}
wait_until(fn () => @stream_socket_client("tcp://127.0.0.1:$port") && @stream_socket_client('unix://' . scratch() . '/redis'), 'redis');
new Process(['memcached', '-u', 'root', '-s', scratch() . '/memcached']);
wait_until(fn () => @stream_socket_client('unix://' . scratch() . '/memcached'), 'memcached');
$directory = scratch() . '/old';
mkdir("$directory/a/b", 0777, true);

$forms = [
    ['files', $directory],
    ['files', "0;$directory"],
    ['files', "2;640;$directory"],
    ['memcached', scratch() . '/memcached'],
    ['redis', "tcp://127.0.0.1:$port?weight=2&timeout=2.5, unix://" . scratch() . '/redis?persistent=1&database=3'],
    ['redis', "tcp://localhost:$port/?prefix=a%2Bb"],
];
foreach ($forms as $i => [$handler, $place]) {
    $found = 0;
    foreach (range(0, 5) as $visitor) {
        $old = ['session.save_handler' => $handler, 'session.save_path' => $place];
        $id = "ab$i$visitor" . bin2hex(random_bytes(8));
        visit_by($old, NEEDS[$handler], $id, CHANGE_OVER_COUNT) === '1' || throw new RuntimeException("the old handler does not know the form $i");
        $found += visit_by(new_settings($servers, $handler, $place), NEEDS[$handler], $id, CHANGE_OVER_COUNT) === '2';
    }
    echo "$handler: $found of 6\n";
}

/* }}} */

/* {{{ what cannot be read is never empty */

$files = new_settings($servers, 'files', $directory);
file_put_contents("$directory/sess_expired000", 'visits|i:7;');
touch("$directory/sess_expired000", time() - 2000);
file_put_contents("$directory/sess_longlife00", 'visits|i:7;');
touch("$directory/sess_longlife00", time() - 2000);
echo 'longer ago than session.gc_maxlifetime: ', visit_by($files, [], 'expired000', CHANGE_OVER_COUNT), ', not longer: ',
    visit_by($files + ['session.gc_maxlifetime' => '3000'], [], 'longlife00', CHANGE_OVER_COUNT), "\n";

mkdir("$directory/sess_unreadable"); /* whose file it is, root can read: but no directory */
echo preg_replace('/^.*?(change_over.php: .*?) in \/.*(not started)$/s', "$1: $2", visit_by($files, [], 'unreadable', CHANGE_OVER_COUNT)), "\n";

file_put_contents("$directory/sess_forbidden0", 'visits|i:7;');
chmod("$directory/sess_forbidden0", 0);
$without_powers = is_root() ? ['setpriv', '--inh-caps=-all', '--bounding-set=-all', '--'] : [];
$page = 'session_id("forbidden0"); if (!session_start()) { exit("not started"); }';
echo preg_replace('/^.*?(change_over.php: .*?) in \/.*(not started)$/s', "$1: $2", page_by($files, [], $page, $without_powers)), "\n";
chmod($directory, 0);
$said = page_by($files, [], $page, $without_powers);
chmod($directory, 0755);
echo preg_replace(['/^.*?(change_over.php: .*?) in \/.*(not started)$/s', '~/\S+/~'], ['$1: $2', '/'], $said), "\n";

/* what cannot be deleted there does not move: with two copies a log-out would not last */
file_put_contents("$directory/sess_undeleted0", 'visits|i:7;');
chmod("$directory/sess_undeleted0", 0666);
chmod($directory, 0555);
$said = page_by($files, [], 'session_id("undeleted0"); session_start(); ' . CHANGE_OVER_COUNT, $without_powers);
chmod($directory, 0755);
echo preg_replace('/^.*?(change_over.php: .*?) in \/.*$/s', '$1', $said), "; once more: ", visit_by($files, [], 'undeleted0', CHANGE_OVER_COUNT), "\n";

foreach (['auth=wrong', 'database=99'] as $parameter) {
    $wrong = "tcp://127.0.0.1:$port?$parameter";
    $said = visit_by(new_settings($servers, 'redis', $wrong), NEEDS['redis'], "wrongparameter", CHANGE_OVER_COUNT);
    echo "$parameter: ", preg_match('/not started$/', $said) ? 'not started' : $said, "\n";
}

/* }}} */

/* {{{ what it does not understand is an error at once, which has no password in it */

$wrong = [
    ['files', 'sessions'],
    ['files', 'x;/var/lib/php/sessions'],
    ['memcached', 'PERSISTENT=pool web1:11211'],
    ['memcached', ''],
    ['redis', 'web1:6379'],
    ['redis', ''],
    ['redis', 'tcp://user:secret@web1:6379'],
    ['redis', 'tcp://web1:6379?auth=secret&stream[verify_peer]=0'],
    ['redis', 'tcp://web1:6379?auth=secret&database=two'],
    ['rediscluster', 'seed[]=web1:6379'],
];
foreach ($wrong as [$handler, $place]) {
    $said = page_by(new_settings($servers, $handler, $place), NEEDS[$handler] ?? [], 'echo "went on";');
    echo preg_replace('/^.*?Uncaught (\w+: )(change_over.php: .*?) in \/.*$/s', '$1$2', $said), "\n";
    echo str_contains($said, 'secret') ? "with a password: $said\n" : '';
}
echo preg_replace('/^.*?Uncaught (\w+: )(change_over.php: .*?) in \/.*$/s', '$1$2', page_by(new_settings($servers, 'redis', 'tcp://web1:6379'), [], 'echo "went on";')), "\n";
$automatic = ['session.auto_start' => '1'] + $files;
echo preg_replace('/^.*?Uncaught (\w+: )(change_over.php: .*?) in \/.*$/s', '$1$2', page_by($automatic, [], 'echo "went on";')), "\n";

/* }}} */
?>
--EXPECT--
files: 6 of 6
files: 6 of 6
files: 6 of 6
memcached: 6 of 6
redis: 6 of 6
redis: 6 of 6
longer ago than session.gc_maxlifetime: 1, not longer: 8
change_over.php: failed to read the session in its old place: its file cannot be read: check the owner, and the disk: not started
change_over.php: failed to read the session in its old place: its file cannot be read: check the owner, and the disk: not started
change_over.php: failed to read the session in its old place: the directory /old cannot be searched: not started
change_over.php: failed to delete the session in its old place: its file cannot be deleted: check the owner of the directory; once more: 8
auth=wrong: not started
database=99: not started
ValueError: change_over.php: the old place is no session.save_path of the files handler
ValueError: change_over.php: the old place is no session.save_path of the files handler
ValueError: change_over.php: the old place is no list of memcached servers, as web1:11211, web2:11211
ValueError: change_over.php: the old place is no list of memcached servers, as web1:11211, web2:11211
ValueError: change_over.php: the old place is no list of Redis servers, as tcp://web1:6379?database=2
ValueError: change_over.php: the old place names no Redis server
ValueError: change_over.php: the old place is no list of Redis servers, as tcp://web1:6379?database=2
ValueError: change_over.php: the parameter stream of a Redis server is not supported
ValueError: change_over.php: the parameter database of a Redis server is no number
ValueError: change_over.php: the old handler must be files, memcached or redis
Error: change_over.php: keep the extension redis loaded: it reads the old sessions
Error: change_over.php: set session.auto_start = 0 until the change-over is done, and call session_start(): a session that starts before this file is not looked for in its old place
