--TEST--
an append whose value does not fit into --memory is refused, and who was promised room for a request has it
--SKIPIF--
<?php
require __DIR__ . '/server.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

const JOINED = 31000000;
const SENT = 25000000;

/* The bytes that the server has read. */
function bytes_read($socket): int
{
    fwrite($socket, "stats\r\n");
    for ($all = ''; !str_ends_with($all, "END\r\n"); $all .= fgets($socket)) {
    }
    preg_match('/^STAT bytes_read (\d+)/m', $all, $match);
    return (int) $match[1];
}

$server = new TestServer(['--memory=64M']);
$honest = open_meta($server);
say($honest, 'ms joined ' . JOINED . "\r\n" . value_of('joined', JOINED) . "\r\n");
echo 'a long value: ', fgets($honest);

/* one that lacks the last bytes: with it, there is no room for the joined value */
$sender = dial($server);
$before = bytes_read($honest);
say($sender, 'ms sent ' . SENT . "\r\n" . value_of('sent', SENT));
wait_until(fn () => bytes_read($honest) - $before >= SENT, 'the value to be read');
foreach (['MA', 'MP', 'MA q'] as $flags) {
    echo "$flags: ", meta($honest, "ms joined 1 $flags\r\nx\r\n");
}
echo 'it is as it was: ', meta($honest, "mg joined s\r\n");
echo 'a short one: ', meta($honest, "ms short 1\r\nx\r\n"), meta($honest, "ms short 1 MA\r\ny\r\nmg short s\r\n", 2);
say($sender, "\r\n");
echo 'who was before it: ', hear($sender, 4);
fclose($sender);
/* then there is room */
wait_until(fn () => meta($honest, "ms joined 1 MA\r\nx\r\n") === "HD\r\n", 'the append to be done');
echo 'then: ', meta($honest, "mg joined s\r\n");
fact('nobody was closed', lines($server, '/closed/') === 0);
?>
--EXPECT--
a long value: HD
MA: SERVER_ERROR out of memory for the joined value
MP: SERVER_ERROR out of memory for the joined value
MA q: SERVER_ERROR out of memory for the joined value
it is as it was: HD s31000000
a short one: HD
HD
HD s2
who was before it: HD
then: HD s31000001
nobody was closed: yes
