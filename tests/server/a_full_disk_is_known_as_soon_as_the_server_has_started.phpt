--TEST--
that the disk is full is known as soon as the server has started
--SKIPIF--
<?php
require __DIR__ . '/server.inc';
skip_unless_sharedanced();
skip_unless_mount_namespace();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

function health(TestServer $server): string
{
    $socket = open_meta($server);
    fwrite($socket, "stats\r\n");
    for ($all = ''; !str_ends_with($all, "END\r\n"); $all .= fgets($socket)) {
    }
    preg_match('/^STAT health (\w+)/m', $all, $match);
    return $match[1];
}

$disk = scratch() . '/disk';
mkdir($disk);
$server = new TestServer();
$server->stop();
start_by('exec unshare -m sh -c ' . escapeshellarg(
    'mount -t tmpfs -o size=8m,mode=0700 none "$0" && cp -a ' . escapeshellarg($server->directory) . ' "$0/data"'
        . ' && (dd if=/dev/zero bs=64k of="$0/ballast"; dd if=/dev/zero bs=4k of="$0/rest") 2>/dev/null; exec "$@"'
) . ' ' . escapeshellarg($disk) . ' "$@"');
$server = new TestServer([], "$disk/data");
echo 'health: ', health($server), "\n";
echo 'a read: ', trim(meta(open_meta($server), "mg key v\r\n")), "\n";
exec("nsenter -t {$server->process->pid} -m rm $disk/ballast $disk/rest");
wait_until(fn () => health($server) === 'OK', 'the store to heal', 5);
fact('it stores', meta(open_meta($server), "ms other 3\r\nabc\r\n") === "HD\r\n");
fact('it ends with 0', $server->stop() === 0);
?>
--EXPECT--
health: FULL
a read: EN
it stores: yes
it ends with 0: yes
