--TEST--
two hundred clients at once are all served, though their bytes come in drops and in turns
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

const CLIENTS = 200;

/* Opens all connections, then sends a part of each request in turn, then the next of each, and
 * hears all answers. */
function all_at_once(TestServer $server, callable $request_of): array
{
    $sockets = $requests = [];
    for ($i = 0; $i < CLIENTS; $i++) {
        $sockets[$i] = dial($server);
        $requests[$i] = $request_of($i);
    }
    /* cut within the header, within the key and before the last byte */
    foreach ([[0, 1], [1, 4], [5, 6], [11, -1], [-1, null]] as [$offset, $length]) {
        foreach ($sockets as $i => $socket) {
            say($socket, substr($requests[$i], $offset, $length));
        }
        round_trip($server);
    }
    return array_map('hear', $sockets);
}

$server = new TestServer();
$key = fn ($i) => sprintf('client-%03d', $i);
$value = fn ($i) => value_of($key($i), $i * 37);

$answers = all_at_once($server, fn ($i) => store($key($i), $value($i)));
fact('all stores are answered', $answers === array_fill(0, CLIENTS, "OK\n"));
$answers = all_at_once($server, fn ($i) => fetch($key($i)));
fact('all fetches are, each with its own', $answers === array_map($value, range(0, CLIENTS - 1)));
$answers = all_at_once($server, fn ($i) => delete($key($i % 100)));
$counts = array_count_values($answers);
fact('each entry is deleted once', $counts === ["OK\n" => 100, '' => 100] || $counts === ['' => 100, "OK\n" => 100]);
fact('the others are there', request($server, fetch($key(150))) === $value(150));
fact('nothing went wrong', lines($server, '/ERROR|WARNING/') === 0);
?>
--EXPECT--
all stores are answered: yes
all fetches are, each with its own: yes
each entry is deleted once: yes
the others are there: yes
nothing went wrong: yes
