--TEST--
each message of troubleshooting can be brought about
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
foreach (['setpriv', 'cc'] as $program) {
    if (trim((string) shell_exec("command -v $program")) === '') {
        die("skip $program is not installed");
    }
}
if (!is_executable(root() . '/cli/sharedance') || !is_file(root() . '/docs/troubleshooting.md')) {
    die('skip neither the tool nor the page is beside the tests');
}
?>
--INI--
sharedance.retry_interval=1000
sharedance.timeout=2
sharedance.connect_timeout=1
session.use_cookies=0
session.cache_limiter=
html_errors=0
--FILE--
<?php
/* Whoever searches docs/troubleshooting.md for the words of a message finds its heading: each heading is that of a message
 * which is brought about here. */
ob_start(); /* sessions want no output before them */
require __DIR__ . '/../helper.inc';
require __DIR__ . '/../clock.inc';
require __DIR__ . '/../server/server.inc';

$log = scratch() . '/errors';
ini_set('error_log', $log);
ini_set('log_errors', '1');
ini_set('session.use_strict_mode', '0');
$said = [];
set_error_handler(function (int $level, string $message) {
    $GLOBALS['said'][] = $message;
    return true;
});

function attempt(callable $code): void
{
    try {
        $code();
    } catch (SharedanceException | ValueError $failure) {
        $GLOBALS['said'][] = $failure->getMessage();
    }
}

/* What a server that does not start says. */
function refusal(string ...$options): void
{
    refused([server_program(), ...(is_root() ? ['--uid=root'] : []), ...$options]);
}

function refused(array $command): void
{
    $process = new Process($command);
    $process->wait();
    $GLOBALS['said'][] = $process->log();
}

function one(SharedanceServer|TestServer|BrokenServer $server): Sharedance
{
    $cache = new Sharedance();
    $cache->addServer($server instanceof SharedanceServer ? $server : $server->object());
    return $cache;
}

/** @param list<TestServer|BrokenServer> $servers */
function begin(array $servers, string $id): bool
{
    ini_set('session.save_handler', 'sharedance');
    ini_set('session.save_path', implode(',', array_map(fn ($server) => is_string($server) ? $server : "127.0.0.1:$server->port", $servers)));
    session_id($id);
    return session_start();
}

/* The same visit by another process, which then runs $code. */
function other_process(array $servers, string $id, string $code): Process
{
    $list = implode(',', array_map(fn ($server) => "127.0.0.1:$server->port", $servers));
    return new Process([PHP_BINARY, '-n', ...extension_options(), '-d', 'session.use_cookies=0', '-d', 'session.cache_limiter=',
        '-d', 'session.save_handler=sharedance', '-d', "session.save_path=$list", '-r', "session_id('$id'); session_start(); $code"]);
}

/* {{{ connections */

attempt(fn () => one(new SharedanceServer('127.0.0.1', refusing_port()))->get('key'));

/* a queue that is full takes no further connection */
$queue = stream_socket_server('tcp://127.0.0.1:0', context: stream_context_create(['socket' => ['backlog' => 1]]));
$address = stream_socket_get_name($queue, false);
$waiting = [];
for ($i = 0; $i < 8; $i++) {
    $waiting[] = @stream_socket_client("tcp://$address", $code, $message, 0.2, STREAM_CLIENT_CONNECT | STREAM_CLIENT_ASYNC_CONNECT);
}
attempt(fn () => one(new SharedanceServer('127.0.0.1', (int) explode(':', $address)[1]))->get('key'));

$silent = one(new BrokenServer('silent'));
attempt(fn () => $silent->get('key'));
attempt(fn () => $silent->get('key'));

$closed = new TestServer(['--unix-socket=' . ($path = scratch() . '/socket')]);
chmod($path, 0);
file_put_contents(scratch() . '/connect.php', '<?php try { $cache = new Sharedance(); $cache->addServers("unix:' . $path . '"); $cache->get("key"); }
    catch (SharedanceException $failure) { echo $failure->getMessage(); }');
$nobody = is_root() ? ['setpriv', '--inh-caps=-all', '--bounding-set=-all', '--'] : []; /* root without its powers */
$process = new Process([...$nobody, PHP_BINARY, '-n', ...extension_options(), scratch() . '/connect.php']);
$process->wait();
$said[] = $process->log();

/* }}} */

/* {{{ pools and names */

[$a, $b] = servers(2);
pool([$a, $b], true)->set('key', 'value');
$b->kill();
attempt(fn () => pool([$a, $b], true)->get('another key'));
attempt(fn () => pool([$a], true)->get('key'));
attempt(fn () => (new Sharedance())->addServers('a:1;b:2'));

$cache = new Sharedance(true);
$cache->addServers("127.0.0.1:$a->port, localhost:$a->port");
$cache->set('key', 'value');

/* a name that leads to one server, to another one, and back */
$name = scratch() . '/name';
$turns = array_map(fn ($i) => new TestServer(["--unix-socket=$name-$i"]), [0, 1]);
$led = new Sharedance();
$led->addServers("unix:$name");
foreach ([0, 1, 0, 1] as $i) {
    @unlink($name);
    symlink("$name-$i", $name);
    $turns[1 - $i]->kill();
    file_exists("$name-" . (1 - $i)) && unlink("$name-" . (1 - $i));
    $turns[1 - $i]->start();
    $led->get('key');
}
attempt(fn () => begin(["unix:$name"], 'ambiguous0') && session_abort());

/* a list in another order: without a message */
$four = servers(4);
$ids = array_map(fn ($i) => "visitor000$i", range(0, 9));
foreach ($ids as $id) {
    begin($four, $id);
    $_SESSION['user'] = 'anna';
    session_write_close();
}
$found = 0;
foreach ($ids as $id) {
    begin(array_reverse($four), $id);
    $found += isset($_SESSION['user']);
    session_abort();
}
$said[] = $found > 0 && $found < 10 ? 'No message: visitors are logged out now and then' : "$found of 10 sessions";

/* }}} */

/* {{{ sessions */

[$one] = servers(1);
$holder = other_process([$one], 'locked0000', 'echo "held\n"; sleep(60);');
$holder->expect('/^held$/m');
ini_set('sharedance.session.lock_wait', '0.1');
begin([$one], 'locked0000');
$holder->kill();

/* one waits, and is the only one that may */
$narrow = new TestServer(['--lock-waiters=1']);
$holder = other_process([$narrow], 'crowded000', 'echo "held\n"; sleep(60);');
$holder->expect('/^held$/m');
$waiter = other_process([$narrow], 'crowded000', '');
wait_until(fn () => meta_line($narrow, "ml crowded000 W1") === 'NS W', 'one that waits');
begin([$narrow], 'crowded000');
$waiter->kill();
$holder->kill();

begin([$one], 'written000');
$_SESSION['who'] = 'first';
$one->kill();
$one->start();
other_process([$one], 'written000', '$_SESSION["who"] = "second";')->wait();
session_write_close();

begin([$one], 'unwritten0');
$_SESSION['who'] = 'first';
$one->kill();
session_write_close();

begin([classic(new TestServer())], 'classic000');
session_write_close();

/* }}} */

/* {{{ servers */

$full = new TestServer(['--maxsize=1048576']);
attempt(function () use ($full) {
    for ($i = 0; $i < 5000; $i++) {
        one($full)->set("key$i", str_repeat('x', 2000));
    }
});
$said[] = $full->process->expect('/(requests are refused, no room: .*)/');

mkdir($open = scratch() . '/open', 0777);
chmod($open, 0777);
refusal("--directory=$open", '--port=0');
refused([...$nobody, server_program(), '--unix-socket=' . scratch() . '/given', '--unix-socket-group=33', '--directory=' . scratch() . '/giving']);
refusal('--directory=' . scratch() . '/used', "--port=$a->port");
refusal('--directory=' . scratch() . '/foreign', '--ip=192.0.2.1', '--port=0', '--uid=' . (is_root() ? 'root' : getmyuid()));

$ahead = new TestServer([], null, clock_of_its_own(3000));
$check = new Process([root() . '/cli/sharedance', 'check', "--servers=127.0.0.1:$ahead->port"]);
$check->wait();
$said[] = $check->log();

$program = getenv('SHAREDANCED');
start_on_own_clock();
$wrong = new TestServer();
clock_is_ahead(3600);
$said[] = $wrong->process->expect('/(the wall clock is .*)/');
clock_is_ahead(0);
putenv($program === false ? 'SHAREDANCED' : "SHAREDANCED=$program");

start_on_own_disk(false);
$broken = new TestServer();
one($broken)->set('long', str_repeat('x', 100000));
$broken->stop();
$broken->start();
disk_fails('read-values 5');
attempt(fn () => one($broken)->get('long'));
foreach (['data 5 wal 5' => 'READ_ONLY', 'data 28 wal 28' => 'FULL'] as $faults => $state) {
    disk_fails($faults);
    wait_until(function () use ($broken, $state): bool {
        attempt(fn () => one($broken)->set('key', str_repeat('x', 100000)));
        return str_contains($broken->process->log(), "the store is $state: ");
    }, "a store that is $state");
    $said[] = $broken->process->log();
    $check = new Process([root() . '/cli/sharedance', 'check', "--servers=127.0.0.1:$broken->port"]);
    $check->wait();
    str_contains($check->log(), "[127.0.0.1:$broken->port] is $state: ") || throw new RuntimeException($check->log());
}

/* }}} */

$said = [...$said, ...file($log, FILE_IGNORE_NEW_LINES)];
preg_match_all('/^## (.*)$/m', file_get_contents(root() . '/docs/troubleshooting.md'), $headings);
ob_end_clean();
/* the search of a reader: names and numbers differ, and so does what a heading leaves out */
foreach ($headings[1] as $heading) {
    $words = preg_split('~\[[^\]]*\]|…|/[\w/]+|\d[\d.:]*( ms| s\b)?~u', $heading);
    $pattern = '~' . implode('.*', array_map(fn ($part) => preg_quote($part, '~'), $words)) . '~';
    if (preg_grep($pattern, $said) === []) {
        echo "not brought about: $heading\n";
    }
}
echo count($headings[1]) > 20 ? "all headings were looked for\n" : "too few headings\n";
?>
--EXPECT--
all headings were looked for
