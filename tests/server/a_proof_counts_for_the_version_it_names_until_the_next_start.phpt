--TEST--
a proof counts for the version it names, until the next start, and is written once
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

/* what the process gave to the system to write, in bytes */
function written(TestServer $server): int
{
    preg_match('/^wchar: (\d+)/m', file_get_contents("/proc/{$server->process->pid}/io"), $match);
    return (int) $match[1];
}

start_on_own_clock();
$server = new TestServer(['--sync=never', '--core']); /* whose /proc can be read, then */
$long = value_of('long', 5 << 20);
$socket = open_meta($server);
meta($socket, "ms entry 5 E100 F7 T1000\r\nvalue\r\nmd deleted E200\r\nms bin 1 E300\r\nx\r\n", 3);
meta($socket, "ms long 5242880 E400\r\n$long\r\n");

foreach (['kill', 'stop'] as $end) {
    $server->$end();
    $server->start();
    time_passes(SETTLING);
    $socket = open_meta($server);
    echo "after $end\n";
    foreach (['entry', 'deleted'] as $key) {
        echo 'another version: ', meta($socket, "mg $key c G U99 O1\r\n"), meta($socket, "mg $key c G U101\r\n"), meta($socket, "mg $key c G U0\r\n");
        echo 'it is as it was: ', meta($socket, "mg $key c G\r\n");
    }
    echo 'this version: ', meta($socket, "mg entry v c f s G U100 O1\r\n", 2), meta($socket, "mg deleted U200 c O2 G\r\n");
    echo 'from then on: ', meta($socket, "mg entry v c f s G\r\n", 2), meta($socket, "mg deleted c G\r\n");
    echo 'with a touch: ', meta($socket, "mg bin c T500 t G U300\r\n"), meta($socket, "mg bin c t G\r\n");
    echo 'of what is not there: ', meta($socket, "mg absent G U5\r\n"), meta($socket, "mg absent c G U0\r\n");

    $before = written($server);
    echo 'a long one: ', meta($socket, "mg long c s G U400\r\n");
    $after = written($server);
    fact('its value is not written again', $after - $before < 1 << 20);
    $is_written = $after > $before;
    for ($try = 0; $try < 10; $try++) { /* the flusher may write what came before */
        wait_until_committed($server);
        $after = written($server);
        for ($i = 0; $i < 100; $i++) {
            meta($socket, "mg long c G U400\r\nmg deleted c G U200\r\nmg entry G U99\r\n", 3);
        }
        if (written($server) === $after) {
            break;
        }
    }
    fact('what is proven already, or is not, writes nothing', $is_written && $try < 10);
    echo 'and it is whole: ', meta($socket, "mg long v\r\n");
    fact('byte for byte', stream_get_contents($socket, strlen($long) + 2) === "$long\r\n");
}
?>
--EXPECT--
after kill
another version: HD c100 O1 U
HD c100 U
HD c100 U
it is as it was: HD c100 U
another version: EN c200 O1 U
EN c200 U
EN c200 U
it is as it was: EN c200 U
this version: VA 5 c100 f7 s5 O1
value
EN c200 O2
from then on: VA 5 c100 f7 s5
value
EN c200
with a touch: HD c300 t500
HD c300 t500
of what is not there: EN U
EN U
a long one: HD c400 s5242880
its value is not written again: yes
what is proven already, or is not, writes nothing: yes
and it is whole: VA 5242880
byte for byte: yes
after stop
another version: HD c100 O1 U
HD c100 U
HD c100 U
it is as it was: HD c100 U
another version: EN c200 O1 U
EN c200 U
EN c200 U
it is as it was: EN c200 U
this version: VA 5 c100 f7 s5 O1
value
EN c200 O2
from then on: VA 5 c100 f7 s5
value
EN c200
with a touch: HD c300 t500
HD c300 t500
of what is not there: EN U
EN U
a long one: HD c400 s5242880
its value is not written again: yes
what is proven already, or is not, writes nothing: yes
and it is whole: VA 5242880
byte for byte: yes
