--TEST--
idle clients make room for new ones, the longest idle first, and those with locks or unfinished requests are kept
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer(['--max-connections=6']);

$locker = open_meta($server);
fact('one has a lock', meta($locker, "ml key\r\n") === "HD\r\n");
$sender = open_meta($server);
fact('one is in a request', meta($sender, "mn\r\nms key 5\r\nab") === "MN\r\n");
$idle = [];
for ($i = 0; $i < 4; $i++) {
    $idle[] = open_meta($server);
    meta($idle[$i], "mn\r\n");
}
$longest = array_shift($idle);
$second = array_shift($idle);

/* half a second later there is one that is idle, and no timer has to find that out */
usleep(500000);
$began = hrtime(true);
$new = [open_meta($server)];
fact('a new one is served', meta($new[0], "mn\r\n") === "MN\r\n");
fact('for the longest idle', fgets($longest) === false && feof($longest));
$new[] = open_meta($server);
fact('another one is', meta($new[1], "mn\r\n") === "MN\r\n");
fact('they did not wait for a second', hrtime(true) - $began < 1e9);
fact('for the next', fgets($second) === false && feof($second));
fact('the lock is kept', meta($locker, "mu key\r\n") === "HD\r\n");
fact('so is the request', meta($sender, "cde\r\n") === "HD\r\n");
?>
--EXPECT--
one has a lock: yes
one is in a request: yes
a new one is served: yes
for the longest idle: yes
another one is: yes
they did not wait for a second: yes
for the next: yes
the lock is kept: yes
so is the request: yes
