--TEST--
stats has the groups locks, settings, items and slabs, of which locks tells no key; another is an ERROR
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

/* The lines of an answer that ends with END, or the one line of an error. */
function stats($socket, string $group): array
{
    fwrite($socket, "stats $group\r\n");
    $lines = [];
    do {
        $lines[] = rtrim((string) fgets($socket));
    } while (str_starts_with(end($lines), 'STAT '));
    return $lines;
}

$server = new TestServer(['--maxsize=100M', '--maxreadsize=1M', '--max-connections=100']);
$socket = open_meta($server);
echo implode("\n", stats($socket, 'settings')), "\n";
fact('items and slabs', stats($socket, 'items') === ['END'] && stats($socket, 'slabs') === ['END']);
foreach (['reset', 'item', 'itemss', 'lock', 'LOCKS', 'sizes'] as $group) {
    echo "$group: ", implode(' ', stats($socket, $group)), "\n";
}
echo implode("\n", stats($socket, 'locks')), "\n";

$holder = open_meta($server);
meta($holder, "ml secret-1 T100 W0\r\nml secret-2 T200 W0\r\n", 2);
$name = stream_socket_get_name($holder, false);
$waiter = open_meta($server);
fwrite($waiter, "ml secret-1 T50 W60000\r\n");
wait_until(fn () => in_array('STAT lock_waiters 1', stats($socket, '')), 'the waiter');
$lines = stats($socket, 'locks');
fact('two locks', count($lines) === 6 && $lines[0] === 'STAT curr_locks 2' && $lines[1] === 'STAT lock_waiters 1');
fact('no key', !preg_match('/secret|' . preg_quote(substr(base64_encode('secret-'), 0, 8), '/') . '/', implode("\n", $lines)));

/* one key */
$one = stats($socket, 'locks ' . base64_encode('secret-1'));
preg_match('/^STAT lock:([0-9a-f]{8}) (\d+) (\d+) (\d+) (.*)$/', $one[3], $match);
[, $hash, $age, $left, $waiters, $address] = $match;
fact('its line', count($one) === 5 && in_array(substr($one[3], 0, 18), array_map(fn ($line) => substr($line, 0, 18), $lines)));
fact('age and lease', $age < 60000 && abs($age + $left - 100000) <= 1);
fact('waiters and address', $waiters === '1' && str_ends_with($address, $name));
fact('the other one', preg_match('/^STAT lock:(?!' . $hash . ')\S+ \d+ (1[4-9]\d|200)\d\d\d 0 /', stats($socket, 'locks ' . base64_encode('secret-2'))[3]) === 1);
fact('none', count(stats($socket, 'locks ' . base64_encode('nobody'))) === 4);
echo implode(' ', stats($socket, 'locks !!!')), "\n";
echo implode(' ', stats($socket, 'locks secret-1')), "\n";

/* the lock goes to who waits for it, with that one's lease */
meta($holder, "mu secret-1\r\n");
fgets($waiter);
$line = stats($socket, 'locks ' . base64_encode('secret-1'))[3];
fact('handed on', str_ends_with($line, stream_socket_get_name($waiter, false)) && preg_match("/:$hash \d+ (\d+) 0 /", $line, $match) && $match[1] <= 50000);
?>
--EXPECT--
STAT maxbytes 104857600
STAT maxconns 100
STAT num_threads 1
STAT item_size_max 1048576
STAT cas_enabled yes
STAT evictions off
END
items and slabs: yes
reset: ERROR
item: ERROR
itemss: ERROR
lock: ERROR
LOCKS: ERROR
sizes: ERROR
STAT curr_locks 0
STAT lock_waiters 0
STAT lock_timeouts 0
END
two locks: yes
no key: yes
its line: yes
age and lease: yes
waiters and address: yes
the other one: yes
none: yes
CLIENT_ERROR bad key
CLIENT_ERROR bad key
handed on: yes
