--TEST--
what is stored is forced to disk each second, though the wall clock is set back or on by an hour
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

const HOUR = 3600;

/* Seconds since the log was last forced to disk. */
function sync_age($socket): int
{
    fwrite($socket, "stats\r\n");
    for ($age = null; ($line = fgets($socket)) !== "END\r\n";) {
        $age = sscanf($line, 'STAT sync_age %d')[0] ?? $age;
    }
    return $age;
}

/* It was forced to disk after that moment, by a wait that began with the clock as it is. */
function is_forced($socket): bool
{
    $begin = time();
    for ($forced = 0, $before = 0; $forced < 2 && time() < $begin + 30; $before = $age) {
        meta($socket, "ms key 1\r\nx\r\n");
        usleep(100000);
        $age = sync_age($socket);
        $forced += $age < $before || ($age === 0 && time() > $begin + 2);
    }
    return $forced === 2;
}

start_on_own_clock();
$server = new TestServer();
$socket = open_meta($server);
foreach (['right' => 0, 'ahead' => HOUR, 'back' => -HOUR] as $what => $error) {
    clock_is_ahead($error);
    fact($what, is_forced($socket));
}
?>
--EXPECT--
right: yes
ahead: yes
back: yes
