--TEST--
a thread may fork: its child has connections of its own, while the other threads go on
--EXTENSIONS--
sharedance
session
--SKIPIF--
<?php
require_once __DIR__ . '/threads.inc';
skip_unless_sharedanced();
skip_unless_embed();
if (!embed_has_threads()) {
    die('skip this PHP has no threads');
}
if (str_contains((string) getenv('EMBED_FLAGS'), 'thread')) {
    die('skip ThreadSanitizer knows nothing of children of threads');
}
?>
--FILE--
<?php
require __DIR__ . '/threads.inc';

$servers = servers(2);
$names = implode(', ', array_map(fn ($server) => "localhost:$server->port", $servers)); /* looked up by threads */
$process = new Process([embed(), __DIR__ . '/fork_request.inc', ini(), '8', '20', '5'], null, ['SERVERS' => $names]);
echo 'status ', $process->wait(300), "\n";
$log = $process->log();
echo implode("\n", array_slice(preg_grep('/WRONG|Sanitizer|LOG|rror/', explode("\n", $log)), 0, 10));
fact('each child did its work', substr_count($log, "child\n") === 160) || print(substr_count($log, "child\n"));
?>
--EXPECT--
status 0
each child did its work: yes
