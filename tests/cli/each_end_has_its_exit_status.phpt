--TEST--
wrong usage ends with 2, SIGINT with 130, and nothing of either is on stdout
--SKIPIF--
<?php
require __DIR__ . '/cli.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/cli.inc';

$list = '--servers=127.0.0.1:1';
foreach ([['nonsense'], ['ping', '--nonsense', $list], ['ping', '--count=0', $list], ['ping', '--count', $list, '--count'],
    ['ping', 'extra', $list], ['get', $list], ['get', 'a', 'b', $list], ['get', '--ttl=1', 'k', $list], ['set', '--ttl=x', 'k', $list],
    ['set', '--ttl=315360001', 'k', $list], ['ping', '--timeout=0', $list], ['ping', '--timeout=nan', $list], ['get', '', $list],
    ['get', str_repeat('k', 255), $list], ['get', str_repeat('k', 5000), $list], ['locks', '--key=' . str_repeat('k', 255), $list]] as $arguments) {
    [$status, $out, $err] = tool($arguments);
    fact(substr(implode(' ', array_diff($arguments, [$list])), 0, 20), $status === 2 && $out === '' && str_starts_with($err, 'sharedance: ') && substr_count($err, "\n") === 1);
}
[$status, $out, $err] = tool(['check', '--full=95,80', $list]);
fact('check: a wrong limit is UNKNOWN', $status === 3 && str_starts_with($out, 'SHAREDANCE UNKNOWN - --full must be') && substr_count($out, "\n") === 1);
[$status, $out] = tool(['check', '--json', '--servers=?']);
fact('check: a wrong list, too', $status === 3 && json_decode($out, true)['state'] === 'UNKNOWN');
fact('no argument', tool([])[0] === 2);
fact('--help', tool(['--help'])[0] === 0 && tool(['get', '--help'])[0] === 0 && tool(['--version'])[0] === 0);
echo 'the letter, and not the word behind it: ', tool(['ping', '-xyz', $list])[2];

$silent = new BrokenServer('silent');
foreach (['ping', 'stats', 'top', 'check', 'get k', 'set k', 'delete k', 'locks'] as $command) {
    $before = $silent->process->log();
    $process = new Process([tool_program(), ...explode(' ', $command), '--timeout=600', '--servers=' . list_of($silent)]);
    /* it waits for an answer: its connection is there */
    wait_until(fn () => str_contains((string) file_get_contents('/proc/net/tcp'), sprintf(':%04X 01 ', $silent->port)) || !$process->running(), "$command to connect");
    send_signal($process->pid, 'INT');
    fact("SIGINT $command", $process->wait() === 130);
}
?>
--EXPECT--
nonsense: yes
ping --nonsense: yes
ping --count=0: yes
ping --count --count: yes
ping extra: yes
get: yes
get a b: yes
get --ttl=1 k: yes
set --ttl=x k: yes
set --ttl=315360001 : yes
ping --timeout=0: yes
ping --timeout=nan: yes
get : yes
get kkkkkkkkkkkkkkkk: yes
get kkkkkkkkkkkkkkkk: yes
locks --key=kkkkkkkk: yes
check: a wrong limit is UNKNOWN: yes
check: a wrong list, too: yes
no argument: yes
--help: yes
the letter, and not the word behind it: sharedance: -x is no option of ping: see --help
SIGINT ping: yes
SIGINT stats: yes
SIGINT top: yes
SIGINT check: yes
SIGINT get k: yes
SIGINT set k: yes
SIGINT delete k: yes
SIGINT locks: yes
