--TEST--
a connection that a firewall forgot locks nobody out who has the token
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

/* To the server, a connection that was forgotten is one that is open and silent. */
$server = new TestServer();
$session = "ml s H7 T300 W10000 O1\r\nmg s v c G\r\n";
$writes = "ms s 3 H7 E1795380000000000\r\nnew\r\nmu s H7\r\n";

echo "forgotten while the lock is held, and between the request and its answer\n";
$forgotten = open_meta($server);
echo asked($forgotten, $session, 2);
echo asked($new = open_meta($server), $session, 2), asked($new, $writes, 2);
echo "the next one\n", asked($next = open_meta($server), "ml s H8\r\n"), asked($next, "mu s H8\r\n");

echo "the answer to the write did not come\n";
echo asked($forgotten, $session, 3), asked($forgotten, $writes, 2);
echo asked($new, $writes, 2), asked($next, "ml s H8\r\n"), asked($next, "mu s H8\r\n");

/* what was on its way all the time comes late, and its connection ends */
echo "the request comes late\n", asked($new, $session, 3);
echo asked($forgotten, $session, 3);
fclose($forgotten);
round_trip($server);
echo asked($next, "ml s H8\r\n"), asked($new, $writes, 2), asked($next, "ml s H8\r\n");
fclose($new);

/* a server that was stopped finds both connections, in whatever order */
echo "the server is stopped meanwhile\n";
for ($i = 0, $answers = []; $i < 20; $i++) {
    $token = 100 + $i;
    [$old, $new] = [open_meta($server), open_meta($server)];
    $server->process->signal(SIGSTOP);
    send_whole($old, "ml k$i H$token W60000\r\n");
    send_whole($new, "ml k$i H$token W60000\r\n");
    fclose($old);
    $server->process->signal(SIGCONT);
    $answers[fgets($new)] = true;
    round_trip($server);
    $answers[asked($next, "ml k$i H8\r\n")] = true;
    $server->process->signal(SIGSTOP);
    $old = open_meta($server);
    send_whole($old, "ms k$i 1 H$token E1795380000000000\r\na\r\nmu k$i H$token\r\n");
    send_whole($new, "ms k$i 1 H$token E1795380000000000\r\na\r\nmu k$i H$token\r\n");
    fclose($old);
    $server->process->signal(SIGCONT);
    $answers[strtok(fgets($new), ' ')] = true;
    fgets($new);
    $answers[asked($next, "ml k$i H8\r\n")] = true;
}
unset($answers["HD\r\n"], $answers['EX'], $answers["NS\r\n"]);
echo json_encode($answers), "\n";
?>
--EXPECT--
forgotten while the lock is held, and between the request and its answer
HD O1
EN U
HD O1
EN U
HD
HD
the next one
HD
HD
the answer to the write did not come
HD O1
VA 3 c1795380000000000
new
HD
HD
EX c1795380000000000
NF
HD
HD
the request comes late
HD O1
VA 3 c1795380000000000
new
HD O1
VA 3 c1795380000000000
new
NS
HD
HD
HD
the server is stopped meanwhile
[]
