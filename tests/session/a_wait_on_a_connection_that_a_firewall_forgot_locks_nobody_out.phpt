--TEST--
a request that waits for the lock on a connection that a firewall forgets locks nobody out: it gives back what it was granted there
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/session.inc';

/* Holds the lock until somebody waits for it, has the firewall forget that one, and gives it back. */
const HOLDER = <<<'PHP'
    [, $port, $go] = $argv;
    $socket = stream_socket_client("tcp://127.0.0.1:$port");
    function ask($socket, string $request): string
    {
        fwrite($socket, "$request\r\n");
        for ($answer = ''; !preg_match("/^(HD|NF|NS|END)/m", $answer); $answer .= fgets($socket)) {
        }
        return $answer;
    }
    echo ask($socket, 'ml id T300') === "HD\r\n" ? "holds\n" : "does not hold\n";
    while (!str_contains(ask($socket, 'stats'), "STAT lock_waiters 1\r\n")) {
        usleep(10000);
    }
    file_put_contents($go, '');
    for (; file_exists($go); clearstatcache()) {
        usleep(10000);
    }
    echo ask($socket, 'mu id') === "HD\r\n" ? "gave it back\n" : "had lost it\n";
    PHP;

$servers = servers(2);
foreach ([1, 2] as $count) {
    $used = array_slice($servers, 0, $count);
    $relays = array_map(fn ($server) => relayed($server, 'forgets', scratch() . "/go-$count-$server->port"), $used);
    use_servers($relays, '?timeout=2'); /* both are as long as a busy machine may stand still */
    ini_set('sharedance.session.lock_wait', '4');
    visit('id', fn () => $_SESSION['n'] = 1); /* the connections are kept from now on */
    foreach ($used as $server) {
        $holder = new Process([PHP_BINARY, '-n', '-r', HOLDER, '--', (string) $server->port,
            scratch() . "/go-$count-$server->port"]);
        $holder->expect('/(holds)/');
        $started = @start('id');
        session_abort();
        echo $started ? 'started, ' : 'waited in vain, ', $holder->expect('/(gave it back|had lost it)/');
        $holder->wait();
        echo array_filter($used, fn ($server) => !is_free($server, 'id')) === [] ? ', free' : ', LOCKED', "\n";
    }
}
?>
--EXPECT--
waited in vain, gave it back, free
started, gave it back, free
started, gave it back, free
