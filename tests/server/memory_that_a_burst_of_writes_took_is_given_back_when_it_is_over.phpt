--TEST--
memory that a burst of writes took is given back when it is over
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

putenv('SHAREDANCED'); /* the server as users have it: a sanitizer's allocator gives memory back by rules of its own */
$server = new TestServer();
$pid = $server->process->pid;
$client = open_meta($server);

/* Values that share a chunk of the server's memory with others; LMDB has its memory for them from
 * malloc() as well, and frees it. */
function burst($client, int $count): int
{
    for ($stored = $i = 0; $i < $count; $i++) {
        $stored += meta($client, "ms burst-$i 300000\r\n" . str_repeat('v', 300000) . "\r\n") === "HD\r\n";
    }
    return $stored;
}

/* Memory that is the process's own, in kB. */
function own(int $pid): int
{
    return (int) status_line($pid, 'RssAnon');
}

burst($client, 1); /* what it needs once */
wait_until_committed($server);
$before = own($pid);
fact('all are stored', burst($client, 300) === 300);
wait_until(fn () => own($pid) < $before + 4096, 'the memory to be given back');
fact('the last is there', strlen(meta($client, "mg burst-299 v\r\n", 2)) > 300000);
?>
--EXPECT--
all are stored: yes
the last is there: yes
