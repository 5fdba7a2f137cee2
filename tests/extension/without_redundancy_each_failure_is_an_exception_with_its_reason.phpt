--TEST--
without redundancy each failure is an exception with its reason
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/../helper.inc';

function try_all(string $what, SharedanceServer $server): void
{
    $cache = new Sharedance();
    $cache->addServer($server);
    echo "$what\n";
    report(fn () => $cache->set('k', 'v'));
    report(fn () => $cache->get('k'));
    report(fn () => $cache->delete('k'));
}

/* It is known to be classic: it need not prove that before it is asked. */
function known(BrokenServer $server): SharedanceServer
{
    return new SharedanceServer('127.0.0.1', $server->port, protocol: 'classic');
}

try_all('refused', new SharedanceServer('127.0.0.1', refusing_port()));
try_all('takes the request and never answers', (new BrokenServer('silent'))->object(0.2));
try_all('answers garbage', known(new BrokenServer('answers', bin2hex("ERROR\r\n"))));
try_all('answers more than it should', known(new BrokenServer('answers', bin2hex("OK\n\n"))));
try_all('answers half and closes', known(new BrokenServer('answers', bin2hex('O'))));
try_all('closes without a word', known(new BrokenServer('answers', '')));
try_all('closes without a word, and is not known', (new BrokenServer('answers', ''))->object());
try_all('answers garbage, and is not known', (new BrokenServer('answers', bin2hex("ERROR\r\n")))->object());

ini_set('sharedance.connect_timeout', '0.2');
try_all('lets no connection be completed', (new BrokenServer('hole'))->object());

foreach (['set', 'get', 'delete'] as $method) {
    echo "resets the connection at $method: ";
    $cache = new Sharedance();
    $cache->addServer((new BrokenServer('resets'))->object());
    report(fn () => $cache->$method(...($method === 'set' ? ['k', 'v'] : ['k'])));
}
?>
--EXPECT--
refused
SharedanceConnectionException: Failed to connect on [127.0.0.1:PORT] "Connection refused"
SharedanceConnectionException: Failed to connect on [127.0.0.1:PORT] "Connection refused"
SharedanceConnectionException: Failed to connect on [127.0.0.1:PORT] "Connection refused"
takes the request and never answers
SharedanceTimeoutException: Failed to send command to [127.0.0.1:PORT] "no complete answer within N ms (0 bytes received)"
SharedanceTimeoutException: Failed to send command to [127.0.0.1:PORT] "no complete answer within N ms (0 bytes received)"
SharedanceTimeoutException: Failed to send command to [127.0.0.1:PORT] "no complete answer within N ms (0 bytes received)"
answers garbage
SharedanceConnectionException: Failed to write data to [127.0.0.1:PORT] "expected OK, but the answer begins with 'E'"
returned string(7) "ERROR
"
SharedanceConnectionException: Failed to delete from [127.0.0.1:PORT] "expected OK, but the answer begins with 'E'"
answers more than it should
SharedanceConnectionException: Failed to write data to [127.0.0.1:PORT] "expected OK, but the answer begins with 'O'"
returned string(4) "OK

"
SharedanceConnectionException: Failed to delete from [127.0.0.1:PORT] "expected OK, but the answer begins with 'O'"
answers half and closes
SharedanceConnectionException: Failed to write data to [127.0.0.1:PORT] "expected OK, but the answer ended after 1 of 3 bytes"
returned string(1) "O"
SharedanceConnectionException: Failed to delete from [127.0.0.1:PORT] "expected OK, but the answer ended after 1 of 3 bytes"
closes without a word
SharedanceException: Failed to write data to [127.0.0.1:PORT] "expected OK, but the server closed the connection without answering"
SharedanceConnectionException: Failed to send command to [127.0.0.1:PORT] "closed without an answer, and so was a connection with a classic store"
SharedanceConnectionException: Failed to delete from [127.0.0.1:PORT] "closed without an answer, and so was a connection with a classic store"
closes without a word, and is not known
SharedanceConnectionException: Failed to write data to [127.0.0.1:PORT] "closed without an answer, and so was a connection with a classic store"
SharedanceConnectionException: Failed to send command to [127.0.0.1:PORT] "closed without an answer, and so was a connection with a classic store"
SharedanceConnectionException: Failed to delete from [127.0.0.1:PORT] "closed without an answer, and so was a connection with a classic store"
answers garbage, and is not known
SharedanceConnectionException: Failed to write data to [127.0.0.1:PORT] "closed without an answer, and by the classic protocol: expected OK, but the answer begins with 'E'"
SharedanceConnectionException: Failed to send command to [127.0.0.1:PORT] "closed without an answer, and by the classic protocol: expected OK, but the answer begins with 'E'"
SharedanceConnectionException: Failed to delete from [127.0.0.1:PORT] "closed without an answer, and by the classic protocol: expected OK, but the answer begins with 'E'"
lets no connection be completed
SharedanceConnectionException: Failed to connect on [127.0.0.1:PORT] "not connected within N ms"
SharedanceConnectionException: Failed to connect on [127.0.0.1:PORT] "not connected within N ms"
SharedanceConnectionException: Failed to connect on [127.0.0.1:PORT] "not connected within N ms"
resets the connection at set: SharedanceConnectionException: Failed to write data to [127.0.0.1:PORT] "Connection reset by peer"
resets the connection at get: SharedanceConnectionException: Failed to send command to [127.0.0.1:PORT] "Connection reset by peer"
resets the connection at delete: SharedanceConnectionException: Failed to delete from [127.0.0.1:PORT] "Connection reset by peer"
