--TEST--
a closed stdin, stdout or stderr is no server's connection, and what cannot be written ends with 3
--SKIPIF--
<?php
require __DIR__ . '/cli.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/cli.inc';

/* A run by a shell, and its exit status. */
function shell(string $command, string $list): string
{
    return trim((string) shell_exec("SHAREDANCE_SERVERS=$list; export SHAREDANCE_SERVERS; tool=" . escapeshellarg(tool_program()) . "; $command"));
}

/* While it waits for an answer its connection is there. */
$silent = new BrokenServer('silent');
$process = new Process(['sh', '-c', 'exec "$0" "$@" <&- >&- 2>&-', tool_program(), 'get', 'k', '--timeout=600', '--servers=' . list_of($silent)]);
wait_until(fn () => str_contains((string) file_get_contents('/proc/net/tcp'), sprintf(':%04X 01 ', $silent->port)), 'a connection');
foreach ([0, 1, 2] as $descriptor) {
    fact("$descriptor is nobody's", readlink("/proc/$process->pid/fd/$descriptor") === '/dev/null');
}
send_signal($process->pid, 'KILL');

$list = list_of(new TestServer());
/* more than stdio's buffer keeps back until the connection is closed */
tool(['set', 'k', "--servers=$list"], str_repeat("mg k\r\n", 100000));
foreach (['get k', 'stats', 'check', 'stats --help', '--help', '--version'] as $command) {
    foreach (['>&-', '>/dev/full'] as $where) {
        echo "$command $where: ", shell("\$tool $command 2>&1 $where; echo \$?", $list), "\n";
    }
}
echo 'get k 2>&-: ', shell('$tool get k 2>&- | wc -c', $list), "\n";
echo 'set k <&-: ', shell('$tool set k <&- 2>&1; echo $?', $list), "\n";
echo 'a reader that has seen enough: ', shell('{ env --default-signal=PIPE $tool get k 2>&1; echo $? >&2; } 2>' . escapeshellarg(scratch() . '/status') . ' | head -c 4', $list), "\n";
echo trim(file_get_contents(scratch() . '/status')), "\n";
?>
--EXPECT--
0 is nobody's: yes
1 is nobody's: yes
2 is nobody's: yes
get k >&-: sharedance: stdout cannot be written
3
get k >/dev/full: sharedance: stdout cannot be written
3
stats >&-: sharedance: stdout cannot be written
3
stats >/dev/full: sharedance: stdout cannot be written
3
check >&-: sharedance: stdout cannot be written
3
check >/dev/full: sharedance: stdout cannot be written
3
stats --help >&-: sharedance: stdout cannot be written
3
stats --help >/dev/full: sharedance: stdout cannot be written
3
--help >&-: sharedance: stdout cannot be written
3
--help >/dev/full: sharedance: stdout cannot be written
3
--version >&-: sharedance: stdout cannot be written
3
--version >/dev/full: sharedance: stdout cannot be written
3
get k 2>&-: 600000
set k <&-: sharedance: stdin cannot be read: Bad file descriptor
2
a reader that has seen enough: mg k
141
