--TEST--
a lock with a token is its holder's on any connection
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

/* Requests whose tokens are written short: H7 stands for 16 characters. */
function whole(string $requests): string
{
    return preg_replace_callback('/ H(\d+)/', fn ($match) => ' H' . strtr(sprintf('%016x', $match[1]), '0123456789abcdef', 'PQRSTUVWXYZ[\\]^_'), $requests);
}

function asked($socket, string $requests, int $answers = 1): string
{
    return meta($socket, whole($requests), $answers);
}

function send_whole($socket, string $requests): void
{
    fwrite($socket, whole($requests));
}

$server = new TestServer(['--maxsize=1M', '--lock-waiters=2']);
$greeting = asked(open_meta($server), "mn sharedance\r\n");
fact('the server says that it takes tokens', preg_match('/^MN .* h\r\n$/D', $greeting) === 1);
[$a, $b, $c, $d, $e] = array_map(fn () => open_meta($server), range(1, 5));

echo "another token or none has to wait\n", asked($a, "ml k H1 T600\r\n"), asked($b, "ml k\r\nml k H2\r\nms k 1 H2\r\nx\r\nmu k H2\r\nmu k\r\nms k 1 H\r\nx\r\n", 6);
echo "on the same connection it is refused at once\n", asked($a, "ml k H2 W60000 O1\r\nml k W60000 O2\r\nmu k\r\nms k 1 H\r\nx\r\n", 4);
echo "the same token takes it over, before those who wait\n";
send_whole($c, "ml k H3 W60000 O3\r\n");
round_trip($server);
echo asked($b, "ml k H1\r\n");
fclose($a);
fact('whose end frees nothing', stays_open($server, $c));
echo "it writes and unlocks on any connection\n", asked($d, "ms k 1 H1 E7\r\na\r\nmu k H1 k\r\n", 2), fgets($c);
echo "a write that is repeated is told of, another one refused\n", asked($d, "ms k 1 H1 E7 O4\r\na\r\nms k 1 H1 E8\r\nb\r\nms k 1 H1\r\nb\r\nmu k H1\r\nmd k H1 E7\r\nmg k v c\r\n", 7);
echo "a lock of a connection gets a token on it\n", asked($d, "ml l\r\nms l 1 H5\r\nx\r\nml l H5\r\nms l 1 H\r\nx\r\nms l 1 H5\r\nx\r\n", 5), asked($b, "mu l\r\nmu l H5\r\n", 2);
echo "it ends with its lease\n", asked($d, "ml m H6 T1\r\n"), asked($b, "ml m H7 W60000\r\n"), asked($d, "ms m 1 H6\r\nx\r\nmu m H6\r\nml m H6\r\n", 3);

echo "who waits twice waits once\n";
send_whole($d, "ml k H8 W60000 O5\r\n");
send_whole($e, "ml k H9 W60000 O6\r\n");
round_trip($server);
echo asked($a = open_meta($server), "ml k W60000 k O7\r\nml k k O8\r\n", 2);
send_whole($f = open_meta($server), "ml k H8 W60000 O9\r\n");
echo fgets($d), asked($c, "mu k H3\r\n"), fgets($f), asked($d, "mu k H8\r\n"), fgets($e), asked($e, "mu k H9\r\n");

echo "a token is a number that is not 0\n", asked($a, "ml k H0\r\nml k H\r\nmu k Hx\r\nms k 1 H_________________\r\nx\r\nmd k H0\r\n", 5);

/* the tick is run again, each request on its own */
$big = str_repeat('x', 700 << 10);
$length = strlen($big);
echo "in a batch that is lost\n", asked($a, "ml n H1\r\n");
echo asked($f, "ms n 1 H1\r\nc\r\nml n H1\r\nms big $length\r\n$big\r\nms bigger $length\r\n$big\r\nms worse $length\r\n$big\r\n", 5);
fclose($a);
echo asked($c, "ml n H2\r\n"), asked($f, "mu n H1\r\n"), asked($c, "ml n H2\r\n");
?>
--EXPECTF--
the server says that it takes tokens: yes
another token or none has to wait
HD
NS
NS
NS
NF
NF
NS
on the same connection it is refused at once
NS O1
NS O2
NF
NS
the same token takes it over, before those who wait
HD
whose end frees nothing: yes
it writes and unlocks on any connection
HD
HD kk
HD O3
a write that is repeated is told of, another one refused
EX c7 O4
NS
NS
NF
EX c7
VA 1 c7
a
a lock of a connection gets a token on it
HD
NS
HD
NS
HD
NF
HD
it ends with its lease
HD
HD
NS
NF
NS
who waits twice waits once
NS kk O7 W
NS kk O8
NS O5
HD
HD O9
HD
HD O6
HD
a token is a number that is not 0
CLIENT_ERROR bad token in command line format
CLIENT_ERROR invalid flag
CLIENT_ERROR bad token in command line format
CLIENT_ERROR bad token in command line format
CLIENT_ERROR invalid or duplicate flag
in a batch that is lost
HD
HD
HD
HD
SERVER_ERROR the store is full: the data would exceed --maxsize, 1048576 bytes
SERVER_ERROR the store is full: the data would exceed --maxsize, 1048576 bytes
NS
HD
HD
