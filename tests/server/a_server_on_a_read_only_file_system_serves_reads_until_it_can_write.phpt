--TEST--
on a file system that is read-only a server starts and serves what there is, and writes as soon as it can
--SKIPIF--
<?php
require __DIR__ . '/store-power.inc';
skip_unless_sharedanced();
skip_unless_root();
skip_unless_mount_namespace();
if (no_ext4_because() !== null) {
    die('skip ' . no_ext4_because());
}
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$disk = scratch() . '/disk';
$image = scratch() . '/image';
$directory = "$disk/data";
mkdir($disk);

function command(string ...$words): void
{
    exec(implode(' ', array_map('escapeshellarg', $words)) . ' 2>&1', $output, $status);
    if ($status !== 0) {
        throw new RuntimeException("$words[0]: " . implode(' ', $output));
    }
}

/* The disk of the servers that are started from now on, in a namespace of their own. An error of a disk
 * makes it read-only like that. */
function start_on(string $mount, bool $is_read_only): void
{
    putenv("SHAREDANCED={$GLOBALS['program']}"); /* and not the last script */
    $script = $mount . ($is_read_only ? ' && mount -o remount,ro "$0"' : '') . ' && exec "$@"';
    start_by('exec unshare -m sh -c ' . escapeshellarg($script) . ' ' . escapeshellarg($GLOBALS['disk']) . ' "$@"');
}

function health(TestServer $server): string
{
    $socket = open_meta($server);
    fwrite($socket, "stats\r\n");
    for ($all = ''; !str_ends_with($all, "END\r\n"); $all .= fgets($socket)) {
    }
    preg_match('/^STAT health (\w+)/m', $all, $state);
    preg_match('/^STAT health_reason (.*)\r/m', $all, $reason);
    return $state[1] . (isset($reason[1]) ? ": $reason[1]" : '');
}

function set(TestServer $server, string $key, int $length): string
{
    return trim(meta(open_meta($server), "ms $key $length\r\n" . str_repeat('v', $length) . "\r\n"));
}

function show(TestServer $server, string ...$keys): void
{
    foreach ($keys as $key) {
        echo "$key: ", trim(meta(open_meta($server), "mg $key s\r\n")), "\n";
    }
}

function refuses(TestServer $server): void
{
    echo 'health ', health($server), "\n";
    echo 'short: ', set($server, 'short', 20), "\n";
    echo 'long: ', set($server, 'long', 20000), "\n";
    echo 'deleted: ', trim(meta(open_meta($server), "md tree\r\n")), "\n";
    echo 'health ', health($server), "\n";
}

$program = TestServer::program();
command('truncate', '-s', '32M', $image);
command('mkfs.ext4', '-q', '-F', '-m', '0', $image);
/* the last namespace may not be gone yet */
$mounted = fn (string $image) => 'for i in $(seq 100); do mount -o loop ' . escapeshellarg($image) . ' "$0" && break; sleep 0.1; done';
$ext4 = $mounted($image);

start_on($ext4, false);
$server = new TestServer([], $directory);
fact('stored', set($server, 'tree', 3) === 'HD' && set($server, 'file', 10000) === 'HD');
$server->stop();

echo "after a clean stop\n";
start_on($ext4, true);
$server = new TestServer([], $directory);
show($server, 'tree', 'file', 'none');
refuses($server);
fact('nobody else gets the directory', run(['nsenter', '-t', (string) $server->process->pid, '-m',
    TestServer::program(), '--port=0', '--uid=root', "--directory=$directory"])[0] > 0);
fact('it ends with 0', $server->stop() === 0);

echo "after kill -9, with a pidfile and a log file\n";
start_on($ext4, false);
$server = new TestServer(["--pidfile=$disk/pid", "--log-file=$disk/log", '--timeout=30'], $directory);
fact('stored', set($server, 'log', 7) === 'HD' && set($server, 'late', 30000) === 'HD');
$server->kill();
start_on($ext4, true);
$server = new TestServer(["--pidfile=$disk/pid", "--log-file=$disk/log", '--timeout=30'], $directory);
show($server, 'tree', 'file', 'log', 'late', 'none');
refuses($server);
fact('it ends with 0', $server->stop() === 0);
fact('and says what is where', lines($server, '/in the write-ahead log, which is on disk/') === 1);

echo "and writable again\n";
$server = new TestServer([], $directory);
refuses($server);
command('nsenter', '-t', (string) $server->process->pid, '-m', 'mount', '-o', 'remount,rw', $disk);
wait_until(fn () => health($server) === 'OK', 'the store to heal', 5);
fact('writes are taken', set($server, 'short', 20) === 'HD' && set($server, 'long', 20000) === 'HD');
show($server, 'tree', 'file', 'log', 'late', 'none');
wait_until_committed($server);
fact('the store is well', lines($server, '/OK again/') === 1 && health($server) === 'OK');
$server->kill();
start_on($ext4, false);
$server = new TestServer([], $directory);
show($server, 'tree', 'file', 'log', 'late', 'short', 'long');
$server->stop();

echo "a tmpfs, without a lock file, like a backup\n";
command('cp', '-a', '--sparse=always', $image, "$image.2");
$copy = $mounted("$image.2") . ' && mkdir "$0.copy" && cp -a "$0/data" "$0.copy" && umount "$0"'
    . ' && mount -t tmpfs -o size=32m,mode=0700 none "$0" && cp -a "$0.copy/data" "$0" && rm "$0/data/sharedanced.lock" "$0/data/lock.mdb"';
start_on($copy, true);
$server = new TestServer([], $directory);
show($server, 'tree', 'long');
echo 'health ', health($server), "\n";
command('nsenter', '-t', (string) $server->process->pid, '-m', 'mount', '-o', 'remount,rw', $disk);
wait_until(fn () => health($server) === 'OK', 'the store to heal', 5);
fact('writes are taken', set($server, 'short', 21) === 'HD');
$server->stop();

echo "an ext4 that fails while it is served\n";
command('cp', '--sparse=always', $image, "$image.3");
$holder = new Process(['unshare', '-m', 'sh', '-c', $mounted("$image.3") . '; echo mounted >&2; exec sleep 600', $disk]);
$holder->expect('/^mounted/m');
putenv("SHAREDANCED=$program");
start_by("exec nsenter -t $holder->pid -m \"\$@\"");
$server = new TestServer([], $directory);
fact('stored', set($server, 'tree', 4) === 'HD' && set($server, 'file', 10001) === 'HD');
fact('it ends with 0', $server->stop() === 0);
$server = new TestServer([], $directory);
command('nsenter', '-t', (string) $holder->pid, '-m', 'mount', '-o', 'remount,abort', $disk);
fact('a store is refused', !in_array(@set($server, 'short', 20), ['HD', ''], true));
$server->kill(); /* unless it has ended itself, because it could neither write nor force the log to disk */
$server = new TestServer([], $directory);
show($server, 'tree', 'file');
fact('a store is refused', set($server, 'short', 20) === 'SERVER_ERROR the store failed: Read-only file system');
wait_until(fn () => health($server) === 'READ_ONLY: Read-only file system', 'health');
show($server, 'tree', 'file');
$server->kill();
$holder->kill();

echo "nothing to serve\n";
foreach (['true', ': >"$0/data/data.mdb"'] as $made) {
    start_on("mount -t tmpfs -o mode=0700 none \"\$0\" && mkdir -m 0700 \"\$0/data\" && $made && chmod -R go= \"\$0/data\"", true);
    try {
        new TestServer([], $directory);
    } catch (RuntimeException $exception) {
        echo preg_match('/^\[ERROR\].*/m', $exception->getMessage(), $match) ? str_replace(scratch(), 'SCRATCH', $match[0]) : $exception->getMessage(), "\n";
    }
}
?>
--EXPECT--
stored: yes
after a clean stop
tree: HD s3
file: HD s10000
none: EN
health READ_ONLY: Read-only file system
short: SERVER_ERROR the store failed: Read-only file system
long: SERVER_ERROR the store failed: Read-only file system
deleted: SERVER_ERROR the store failed: Read-only file system
health READ_ONLY: Read-only file system
nobody else gets the directory: yes
it ends with 0: yes
after kill -9, with a pidfile and a log file
stored: yes
tree: HD s3
file: HD s10000
log: HD s7
late: HD s30000
none: EN
health READ_ONLY: Read-only file system
short: SERVER_ERROR the store failed: Read-only file system
long: SERVER_ERROR the store failed: Read-only file system
deleted: SERVER_ERROR the store failed: Read-only file system
health READ_ONLY: Read-only file system
it ends with 0: yes
and says what is where: yes
and writable again
health READ_ONLY: Read-only file system
short: SERVER_ERROR the store failed: Read-only file system
long: SERVER_ERROR the store failed: Read-only file system
deleted: SERVER_ERROR the store failed: Read-only file system
health READ_ONLY: Read-only file system
writes are taken: yes
tree: HD s3
file: HD s10000
log: HD s7
late: HD s30000
none: EN
the store is well: yes
tree: HD s3
file: HD s10000
log: HD s7
late: HD s30000
short: HD s20
long: HD s20000
a tmpfs, without a lock file, like a backup
tree: HD s3
long: HD s20000
health READ_ONLY: Read-only file system
writes are taken: yes
an ext4 that fails while it is served
stored: yes
it ends with 0: yes
a store is refused: yes
tree: HD s4
file: HD s10001
a store is refused: yes
tree: HD s4
file: HD s10001
nothing to serve
[ERROR] the store in SCRATCH/disk/data cannot be opened: it is empty, and no store can be made: Read-only file system
[ERROR] the store in SCRATCH/disk/data cannot be opened: it is empty, and no store can be made: Read-only file system
