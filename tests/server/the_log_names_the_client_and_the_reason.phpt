--TEST--
the log names the client and the reason of each refusal, by one line
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer(['--maxreadsize=1000', '--timeout=1']);

$requests = [
    fetch('il.legal'),
    store("new\nline", 'value'),
    delete("nul\0"),
    fetch("\xc3\xa9"),
    fetch(''),
    fetch(str_repeat('k', 255)),
    'X',
    "get key\r\n",
    store('key', str_repeat('v', 1000)),
    fetch('key') . 'x',
    store('key', 'value') . fetch('key'),
];
/* Each from an address of its own: of one address there are two lines of a kind in a minute. */
function dial_from(TestServer $server, string $own)
{
    $socket = stream_socket_client(address($server), $code, $message, PATIENCE, STREAM_CLIENT_CONNECT,
        stream_context_create(['socket' => ['bindto' => "$own:0"]]));
    stream_set_blocking($socket, false);
    return $socket;
}

foreach ($requests as $i => $request) {
    $socket = dial_from($server, '127.0.1.' . $i + 1);
    $name = stream_socket_get_name($socket, false);
    say($socket, $request);
    hear($socket);
    echo implode(' AND ', array_map(
        fn ($line) => str_replace($name, 'ADDRESS', $line),
        preg_grep('/' . preg_quote($name) . '/', explode("\n", $server->process->log()))
    )), "\n";
}

/* those that end otherwise */
$gone = dial($server);
$gone_name = stream_socket_get_name($gone, false);
say($gone, substr(fetch('key'), 0, -1));
round_trip($server);
fclose($gone);
$silent = dial($server);
$silent_name = stream_socket_get_name($silent, false);
hear($silent);
foreach ([$gone_name, $silent_name] as $name) {
    wait_until(fn () => str_contains($server->process->log(), "$name: "), 'a line');
    preg_match('/^(.*)' . preg_quote($name) . '(.*)$/m', $server->process->log(), $match);
    echo "$match[1]ADDRESS$match[2]\n";
}

$clean = strlen($server->process->log());
request($server, store('key', 'value'));
request($server, fetch('key'));
request($server, delete('key'));
request($server, delete('key'));
fact('nothing is said of what is in order', strlen($server->process->log()) === $clean);
?>
--EXPECT--
[WARNING] ADDRESS: refused: '.' at offset 2 of the key is not legal
[WARNING] ADDRESS: refused: 0x0a at offset 3 of the key is not legal
[WARNING] ADDRESS: refused: 0x00 at offset 3 of the key is not legal
[WARNING] ADDRESS: refused: 0xc3 at offset 0 of the key is not legal
[WARNING] ADDRESS: refused: the key is empty
[WARNING] ADDRESS: refused: the key is too long
[WARNING] ADDRESS: refused: unknown command
[WARNING] ADDRESS: refused: unknown command
[WARNING] ADDRESS: refused: the request is larger than --maxreadsize allows
[WARNING] ADDRESS: refused: there are bytes past the request's end
[WARNING] ADDRESS: refused: there are bytes past the request's end
[NOTICE] ADDRESS: gone after 7 bytes of a request: it closed
[NOTICE] ADDRESS: disconnected by --timeout in the middle of a request (0 bytes received)
nothing is said of what is in order: yes
