--TEST--
a process is killed when it has committed and its root is not on disk yet: the next one, and a power cut, lose nothing
--SKIPIF--
<?php
require __DIR__ . '/server.inc';
skip_unless_sharedanced();
if (trim((string) shell_exec('command -v cc')) === '') {
    die('skip there is no compiler for the disk');
}
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

/* The root says that the log's file is done with. It is written over at once, and that is on disk. If the
 * root cannot be forced to disk, the file is kept. */
$image = start_on_own_disk();
foreach (['always', 'interval'] as $sync) {
    foreach (['', 'sync-data 5'] as $start) {
        disk_fails('');
        $directory = scratch() . "/data-$sync" . strlen($start);
        foreach (glob("$image/*") as $file) {
            unlink($file);
        }
        $server = new TestServer(['--sync=always'], $directory);
        meta(open_meta($server), "ms key 5\r\nvalue\r\n");
        wait_until_committed($server);
        fact('stored', meta(open_meta($server), "ms key 3\r\nnew\r\n") === "HD\r\n");
        disk_fails('kill-root 1');
        wait_until(fn () => !$server->process->running(), 'a commit');
        disk_fails($start);

        $server = new TestServer(["--sync=$sync"], $directory);
        fact('recovered', trim(meta(open_meta($server), "mg key s\r\n")) === 'HD s3');
        disk_fails($start ?: 'data 5'); /* no further commit */
        for ($i = 0; $i < 100; $i++) {
            meta(open_meta($server), "ms other$i 10\r\n0123456789\r\n");
        }
        usleep($sync === 'always' ? 0 : 1500000);
        $server->kill();
        disk_fails('');
        cut_power($directory, $image, $cut = "$directory-cut", 0);
        $server = new TestServer([], $cut);
        fact("is there after a power cut with --sync=$sync" . ($start ? ', and a root that was never forced to disk' : ''),
            trim(meta(open_meta($server), "mg key s\r\n")) === 'HD s3');
        fact('and so is what came after it', trim(meta(open_meta($server), "mg other99 s\r\n")) === 'HD s10');
        $server->stop();
    }
}
?>
--EXPECT--
stored: yes
recovered: yes
is there after a power cut with --sync=always: yes
and so is what came after it: yes
stored: yes
recovered: yes
is there after a power cut with --sync=always, and a root that was never forced to disk: yes
and so is what came after it: yes
stored: yes
recovered: yes
is there after a power cut with --sync=interval: yes
and so is what came after it: yes
stored: yes
recovered: yes
is there after a power cut with --sync=interval, and a root that was never forced to disk: yes
and so is what came after it: yes
