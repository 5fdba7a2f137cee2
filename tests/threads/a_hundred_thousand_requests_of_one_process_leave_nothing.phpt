--TEST--
a hundred thousand requests of one process: memory, descriptors and marks stay level, and no setting reaches the next request
--EXTENSIONS--
sharedance
session
--SKIPIF--
<?php
require_once __DIR__ . '/threads.inc';
skip_unless_sharedanced();
skip_unless_embed();
?>
--FILE--
<?php
require __DIR__ . '/threads.inc';

/* a tenth of them is enough to be level with */
$program = embed();
$requests = (int) (getenv('REQUESTS') ?: 100000);
$servers = servers(2);
$process = new Process([$program, __DIR__ . '/request.inc', ini(), '0', (string) $requests, '1'], null, ['SERVERS' => addresses($servers)]);
echo 'status ', $process->wait(600), "\n";
$log = $process->log();
foreach (['tenth', 'end'] as $when) {
    preg_match("/^$when: (\d+) kB, (\d+) descriptors$/m", $log, $level[$when]) || print(substr($log, 0, 2000));
}
echo substr(preg_replace('/^(tenth|end): .*\n/m', '', $log), 0, 2000);
/* ASan keeps memory that was freed, and has tables of its own */
$has_asan = str_contains((string) getenv('EMBED_FLAGS'), 'address');
fact('memory is level', $has_asan || $level['end'][1] < $level['tenth'][1] + 1024) || print_r($level);
/* a request may be the last that closes its connections */
fact('so are descriptors', $level['end'][2] <= $level['tenth'][2] + 4) || print_r($level);
?>
--EXPECT--
status 0
memory is level: yes
so are descriptors: yes
