--TEST--
a connection with something unread is not used again
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/../helper.inc';

/* Whether one of this process's sockets has something to read; it is not read. */
function has_unread(): bool
{
    foreach (scandir('/proc/self/fd') as $descriptor) {
        if (str_starts_with((string) @readlink("/proc/self/fd/$descriptor"), 'socket:')) {
            $readable = [fopen("php://fd/$descriptor", 'r')];
            $none = [];
            if (stream_select($readable, $none, $none, 0) > 0) {
                return true;
            }
        }
    }
    return false;
}

/* The token that comes so many behind, as wire/meta_client.h has it: its digits are in the machine's byte order. */
function later_token(string $token, int $by): string
{
    $is_little_endian = pack('S', 1) === "\1\0";
    $token = $is_little_endian ? $token : strrev($token);
    for ($i = 0; $i < $by; $i++) {
        for ($at = 0; $token[$at] === '_'; $at++) {
            $token[$at] = 'P';
        }
        $token[$at] = chr(ord($token[$at]) + 1);
    }
    return $is_little_endian ? $token : strrev($token);
}

$server = new TestServer();
$file = scratch() . '/chatter';
$relay = relayed($server, 'chatters', $file);
$cache = pool([$relay]);
$cache->set('k', 'right');
$cache->get('k');
/* the last one in the form of the next answer, token and all: it would be taken for that */
preg_match('/^mg k O(\S+) /m', $relay->requests(), $match);
$next = later_token($match[1], 5);
foreach (["VA 5 c1 t-1\r\nwrong\r\n", "EN\r\n", "HD\r\n", 'x', "VA 5 O$next c1 t-1\r\nwrong\r\n"] as $chatter) {
    file_put_contents("$file-next", $chatter);
    rename("$file-next", $file);
    wait_until('has_unread', 'the chatter');
    wait_until(function () use ($file) {
        clearstatcache();
        return !file_exists($file);
    }, 'its end');
    echo $cache->get('k'), ' ', $relay->connections(), "\n";
}
preg_match_all('/^mg k O(\S+) /m', $relay->requests(), $match);
echo 'the token was guessed right: ', json_encode(end($match[1]) === $next), "\n";
?>
--EXPECT--
right 2
right 3
right 4
right 5
right 6
the token was guessed right: true
