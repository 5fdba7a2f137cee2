--TEST--
an id of a handler that is not open is freed with it
--EXTENSIONS--
sharedance
session
--FILE--
<?php
/* create_sid() may be called of one that was never opened, or is closed again. */
$cache = new Sharedance();
$cache->addServers('127.0.0.1:1');
$ways = [
    'never opened' => fn (SharedanceSession $session) => $session->create_sid(),
    'created twice' => fn (SharedanceSession $session) => $session->create_sid() . $session->create_sid(),
    'closed again' => fn (SharedanceSession $session) => [$session->open('', ''), $session->close(), $session->create_sid()],
    'open still' => fn (SharedanceSession $session) => [$session->open('', ''), $session->create_sid()],
];
foreach ($ways as $name => $way) {
    $before = 0;
    for ($i = 0; $i < 1000; $i++) {
        $way(new SharedanceSession($cache));
        $before = $before ?: memory_get_usage();
    }
    echo $name, ': ', intdiv(memory_get_usage() - $before, 1000), " bytes are left of each\n";
}
?>
--EXPECT--
never opened: 0 bytes are left of each
created twice: 0 bytes are left of each
closed again: 0 bytes are left of each
open still: 0 bytes are left of each
