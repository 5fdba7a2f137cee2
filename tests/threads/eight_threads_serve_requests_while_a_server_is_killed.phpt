--TEST--
eight threads of one PHP serve requests, and a worker's in a loop, while a server is killed: no wrong value, and nothing acknowledged is lost
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
?>
--FILE--
<?php
require __DIR__ . '/threads.inc';

const THREADS = 8;
const REQUESTS = 300; /* of each */

$program = embed();
foreach (['requests', 'a worker'] as $mode) {
    $servers = servers(2);
    $state = scratch() . "/$mode";
    mkdir($state);
    $process = new Process([...UNSCATTERED, $program, __DIR__ . '/thread_request.inc', ini("memory_limit = 32M\nsharedance.timeout = 20\nsharedance.retry_interval = 0.2"),
        (string) THREADS, (string) REQUESTS, '50', ...($mode === 'a worker' ? ['worker'] : [])], null, ['SERVERS' => addresses($servers),
        'STATE' => $state, ...($mode === 'a worker' ? ['WORKER' => '1'] : []), 'TSAN_OPTIONS' => 'halt_on_error=1:exitcode=66']);
    for ($kills = 0; $process->running(); $kills++) {
        $servers[1]->kill();
        usleep(200000);
        $servers[1]->start();
        usleep(500000);
    }
    $log = $process->log();
    $acknowledged = $uncertain = 0;
    foreach (glob("$state/thread-*") as $file) {
        $may = unserialize(file_get_contents($file));
        $acknowledged += $may['acknowledged'][0] ?? 0;
        $uncertain += $may['uncertain'][0] ?? 0;
    }
    $count = preg_match('/n\|i:(\d+)/', (string) pool($servers, true)->get('shared'), $match) ? (int) $match[1] : -1;
    echo "$mode: status ", $process->wait(), "\n";
    fact('  the server was killed meanwhile', $kills > 1);
    fact('  what was acknowledged is there', $count >= $acknowledged && $count <= $acknowledged + $uncertain)
        || print("$count, $acknowledged acknowledged, $uncertain uncertain\n");
    fact('  almost all was', $acknowledged > THREADS * REQUESTS * 0.95) || print("$acknowledged\n");
    echo implode("\n", array_slice(preg_grep('/WRONG|ThreadSanitizer|AddressSanitizer|LOG/', explode("\n", $log)), 0, 10));
}
?>
--EXPECT--
requests: status 0
  the server was killed meanwhile: yes
  what was acknowledged is there: yes
  almost all was: yes
a worker: status 0
  the server was killed meanwhile: yes
  what was acknowledged is there: yes
  almost all was: yes
