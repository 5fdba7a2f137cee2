--TEST--
a limit on the size of files (RLIMIT_FSIZE) refuses stores as a full disk does, and ends nothing
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$program = TestServer::program();
start_by('exec prlimit --fsize=5242880 -- "$@"');
foreach (['interval', 'always', 'never'] as $sync) {
    $server = new TestServer(["--sync=$sync"]);
    $client = open_meta($server);
    for ($i = 0, $answer = "HD\r\n"; $i < 10000 && $answer === "HD\r\n"; $i++) {
        $answer = meta($client, "ms key-$i 3000 T600\r\n" . value_of("key-$i", 3000) . "\r\n");
    }
    fact("$sync: some were stored", $i > 100);
    fact('one is refused', str_starts_with($answer, 'SERVER_ERROR '));
    $whole = fn ($client) => array_filter(range(0, $i - 2), fn ($j) =>
        meta($client, "mg key-$j v\r\n", 1) !== "VA 3000\r\n" || stream_get_contents($client, 3002) !== value_of("key-$j", 3000) . "\r\n");
    fact('all is there that was acknowledged', $whole($client) === []);
    $server->stop();
    fact('it did not crash', $server->process->wait() >= 0);

    $limited = getenv('SHAREDANCED');
    putenv("SHAREDANCED=$program");
    $free = new TestServer([], $server->directory);
    putenv("SHAREDANCED=$limited");
    $client = open_meta($free);
    fact('all is there without the limit', $whole($client) === []);
    fact('and more is stored', meta($client, "ms more 4\r\nmore\r\n") === "HD\r\n");
    $free->stop();
}
?>
--EXPECT--
interval: some were stored: yes
one is refused: yes
all is there that was acknowledged: yes
it did not crash: yes
all is there without the limit: yes
and more is stored: yes
always: some were stored: yes
one is refused: yes
all is there that was acknowledged: yes
it did not crash: yes
all is there without the limit: yes
and more is stored: yes
never: some were stored: yes
one is refused: yes
all is there that was acknowledged: yes
it did not crash: yes
all is there without the limit: yes
and more is stored: yes
