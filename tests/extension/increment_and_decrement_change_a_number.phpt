--TEST--
increment and decrement change a number
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

$servers = servers(2);
foreach ([pool([$servers[0]]), pool($servers, true)] as $redundancy => $cache) {
    echo $redundancy ? "with redundancy\n" : "one server\n";
    $holders = $redundancy ? $servers : [$servers[0]];
    $all = fn (string $value) => count(array_filter($holders, fn ($server) => pool([$server])->get('n') === $value));
    var_dump($cache->increment('n'), $cache->decrement('n'), $cache->has('n'));
    $cache->set('n', '5', 700);
    echo $cache->increment('n'), ' ', $cache->increment('n', 10), ' ', $cache->increment('n', 0), ' ',
        $cache->decrement('n'), ' ', $cache->decrement('n', 6), ' ', $cache->decrement('n', 100), ' ',
        $cache->increment('n', PHP_INT_MAX) === PHP_INT_MAX ? 'the largest' : 'WRONG', "\n";
    echo 'stored on ', $all((string) PHP_INT_MAX), ' of ', count($holders), ', for the same time: ',
        count(array_filter($holders, fn ($server) => lives($server, 'n', 700))), "\n";

    echo "beyond PHP's integers\n";
    report(fn () => $cache->increment('n', 3));
    $beyond = PHP_INT_SIZE === 8 ? '9223372036854775810' : '2147483650';
    echo $cache->get('n') === $beyond ? 'three more' : 'WRONG', ', on ', $all($beyond), "\n";
    report(fn () => $cache->decrement('n', 1));
    var_dump($cache->decrement('n', 2) === PHP_INT_MAX);

    echo "what is no number\n";
    foreach (['abc', '', '-1', '1.5', '99999999999999999999999'] as $value) {
        $cache->set('n', $value);
        report(fn () => $cache->increment('n'));
        if ($cache->get('n') !== $value) {
            echo "it was changed\n";
        }
    }
    $cache->delete('n');
    var_dump($cache->increment('n'));
}

echo "while one is away\n";
$cache->set('n', '5');
[$first, $second] = owners($servers, $cache, 'n');
$first->kill();
echo $cache->increment('n'), "\n";
echo "back with the old number, it does not count from that\n";
$first->start();
echo $cache->increment('n'), ' ', $cache->get('n'), "\n";
$second->kill();
echo $cache->increment('n'), "\n";
$second->start();
echo $cache->increment('n'), ' ', $cache->get('n'), ' ', $all('9'), "\n";
?>
--EXPECT--
one server
bool(false)
bool(false)
bool(false)
6 16 16 15 9 0 the largest
stored on 1 of 1, for the same time: 1
beyond PHP's integers
SharedanceException: The number is too large for an integer of PHP now
three more, on 1
SharedanceException: The number is too large for an integer of PHP now
bool(true)
what is no number
SharedanceException: Failed to send command to [127.0.0.1:PORT] "the server says CLIENT_ERROR cannot increment or decrement non-numeric value"
SharedanceException: Failed to send command to [127.0.0.1:PORT] "the server says CLIENT_ERROR cannot increment or decrement non-numeric value"
SharedanceException: Failed to send command to [127.0.0.1:PORT] "the server says CLIENT_ERROR cannot increment or decrement non-numeric value"
SharedanceException: Failed to send command to [127.0.0.1:PORT] "the server says CLIENT_ERROR cannot increment or decrement non-numeric value"
SharedanceException: Failed to send command to [127.0.0.1:PORT] "the server says CLIENT_ERROR cannot increment or decrement non-numeric value"
bool(false)
with redundancy
bool(false)
bool(false)
bool(false)
6 16 16 15 9 0 the largest
stored on 2 of 2, for the same time: 2
beyond PHP's integers
SharedanceException: The number is too large for an integer of PHP now
three more, on 2
SharedanceException: The number is too large for an integer of PHP now
bool(true)
what is no number
SharedanceException: Failed to send command to [127.0.0.1:PORT] "the server says CLIENT_ERROR cannot increment or decrement non-numeric value"
SharedanceException: Failed to send command to [127.0.0.1:PORT] "the server says CLIENT_ERROR cannot increment or decrement non-numeric value"
SharedanceException: Failed to send command to [127.0.0.1:PORT] "the server says CLIENT_ERROR cannot increment or decrement non-numeric value"
SharedanceException: Failed to send command to [127.0.0.1:PORT] "the server says CLIENT_ERROR cannot increment or decrement non-numeric value"
SharedanceException: Failed to send command to [127.0.0.1:PORT] "the server says CLIENT_ERROR cannot increment or decrement non-numeric value"
bool(false)
while one is away
6
back with the old number, it does not count from that
7 7
8
9 9 2
