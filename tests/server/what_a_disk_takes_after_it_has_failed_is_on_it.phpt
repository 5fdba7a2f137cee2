--TEST--
a disk that has failed takes writes again: what is acknowledged from then on is on it
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

/*
 * A disk of a pool that is full reports an error when it has to write a block that it never had. ext4 keeps
 * such pages in memory, and loses what is written over them, though it says that it is on the disk.
 */
const POOL = 'mount -t tmpfs -o size=64M none %1$s && dd if=/dev/zero of=%1$s/disk bs=1M count=48 && mkfs.ext4 -q -F -m 0 -O ^has_journal -E nodiscard,lazy_itable_init=0 %1$s/disk';
const MOUNT = 'mount -o loop %1$s/disk %2$s && echo 4 >/sys/class/block/$(basename $(findmnt -no SOURCE %2$s))/queue/max_sectors_kb'; /* a loop device takes a request that is done in part for one that is done */
const FREE = 'sync; fstrim %2$s'; /* only what is in use is in the pool */
const FILL = 'dd if=/dev/zero of=%1$s/full bs=64k; dd if=/dev/zero of=%1$s/rest bs=4k count=99';

function system_does(string $command, bool $must = true): bool
{
    exec(sprintf("($command) 2>&1", scratch() . '/pool', scratch() . '/disk'), $output, $status);
    if ($status !== 0 && $must) {
        throw new RuntimeException("$command: " . implode(' ', $output));
    }
    return $status === 0;
}

function text_of(string $key, int $length): string
{
    return substr(str_repeat("$key;", $length), 0, $length);
}

function put(TestServer $server, string $key, int $length): string
{
    return meta(open_meta($server), "ms $key $length\r\n" . text_of($key, $length) . "\r\n");
}

if (getenv('IN_NAMESPACE') === false) {
    passthru('IN_NAMESPACE=1 unshare -m ' . escapeshellarg(PHP_BINARY) . ' -n ' . escapeshellarg(__FILE__));
    exit;
}
mkdir(scratch() . '/pool');
mkdir(scratch() . '/disk');
system_does(POOL);
system_does(MOUNT);
$server = new TestServer(['--sync=always'], scratch() . '/disk/data');
put($server, 'first', 100);
wait_until_committed($server);
for ($round = 1; $round <= 3; $round++) {
    system_does(FREE);
    system_does(FILL, false);
    fact('the disk fails', put($server, 'refused', 50000 * $round) !== "HD\r\n");
    system_does('rm -f %1$s/full %1$s/rest');
    wait_until(fn () => put($server, "long$round", 60000 * $round) === "HD\r\n", 'the disk to be well');
    put($server, "short$round", 3000);
    if ($round === 2) {
        wait_until_committed($server);
    }
    $server->kill();
    wait_until(fn () => system_does('umount %2$s', false), 'umount');
    system_does(MOUNT);
    $server->start();
    foreach (['first' => 100, "long$round" => 60000 * $round, "short$round" => 3000] as $key => $length) {
        fact("$key is there", meta(open_meta($server), "mg $key v\r\n", 2) === "VA $length\r\n" . text_of($key, $length) . "\r\n");
    }
}
$server->kill();
wait_until(fn () => system_does('umount %2$s', false), 'umount');
system_does('umount %1$s');
?>
--EXPECT--
the disk fails: yes
first is there: yes
long1 is there: yes
short1 is there: yes
the disk fails: yes
first is there: yes
long2 is there: yes
short2 is there: yes
the disk fails: yes
first is there: yes
long3 is there: yes
short3 is there: yes
