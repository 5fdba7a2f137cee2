--TEST--
the server serves with its standard files closed, in the background too, and writes its log into nobody's file
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

foreach ([['--core'], ['--core', '--daemonize']] as $options) { /* its /proc can be read, then */
    $directory = scratch() . '/data-' . count($options);
    $path = "$directory-socket";
    $command = [TestServer::program(), "--unix-socket=$path", "--directory=$directory", ...$options];
    $process = new Process(['sh', '-c', 'exec "$0" "$@" <&- >&- 2>&-', ...$command]);
    $lock = "$directory/sharedanced.lock";
    wait_until(fn () => @file_get_contents($lock) != '' && !is_refused("unix://$path"), 'the server');
    $pid = (int) file_get_contents($lock);
    register_shutdown_function(fn () => file_exists("/proc/$pid") && send_signal($pid, 'KILL'));

    /* with something to say */
    request("unix://$path", fetch('il.legal'));
    fact('it stores', request("unix://$path", store('key', 'value')) === "OK\n");
    fact('it fetches', request("unix://$path", fetch('key')) === 'value');
    foreach ([0, 1, 2] as $descriptor) {
        $file = @readlink("/proc/$pid/fd/$descriptor");
        fact("$descriptor is nothing of the server's", $file === false || $file === '/dev/null');
    }
    send_signal($pid, 'TERM');
    wait_until(fn () => !file_exists("/proc/$pid") || status_line($pid, 'State') === 'Z (zombie)', 'its end');
}
?>
--EXPECT--
it stores: yes
it fetches: yes
0 is nothing of the server's: yes
1 is nothing of the server's: yes
2 is nothing of the server's: yes
it stores: yes
it fetches: yes
0 is nothing of the server's: yes
1 is nothing of the server's: yes
2 is nothing of the server's: yes
