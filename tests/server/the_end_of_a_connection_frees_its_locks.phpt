--TEST--
the end of a connection frees its locks
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer();

/* closed */
$one = open_meta($server);
$two = open_meta($server);
echo meta($one, "ml a T600\r\nml b T600\r\n", 2);
fwrite($two, "ml a W60000\r\n");
fclose($one);
echo fgets($two), meta($two, "ml b\r\n");

/* killed with SIGKILL */
$child = pcntl_fork();
if ($child === 0) {
    $socket = open_meta($server);
    meta($socket, "ml c T600\r\n");
    touch(scratch() . '/locked');
    sleep(60);
    exit(0);
}
wait_until(fn () => file_exists(scratch() . '/locked'), 'a lock');
echo meta($two, "ml c\r\n");
exec("kill -KILL $child");
pcntl_waitpid($child, $status);
echo meta($two, "ml c W60000\r\n");

/* one that waited and is gone gets nothing, and holds up nobody */
$three = open_meta($server);
fwrite($three, "ml a W60000\r\n");
round_trip($server);
fclose($three);
$four = open_meta($server);
fwrite($four, "ml a W60000 O4\r\n");
round_trip($server);
meta($two, "mu a\r\n");
echo fgets($four);
?>
--EXPECT--
HD
HD
HD
HD
NS
HD
HD O4
