--TEST--
SIGTERM and SIGINT let answers under way finish, refuse new clients, and end with status 0
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

foreach ([15, 2] as $signal) {
    $server = new TestServer();
    $value = value_of('large', 5000000);
    request($server, store('large', $value));
    request($server, store('kept', 'value'));

    $slow = dial($server);
    say($slow, fetch('large'));
    $answer = hear($slow, 1000);
    $half = dial($server);
    say($half, substr(store('half', 'value'), 0, -1));
    $silent = dial($server);
    fact('a half-sent request is waited for', stays_open($server, $half));

    $server->process->signal($signal);
    fact('then it is closed without an answer', hear($half) === '');
    fact('and so is a silent client', hear($silent) === '');
    fact('new clients are refused', is_refused($server));
    fact('the answer under way keeps the server', $server->process->running());
    while (!feof($slow)) {
        $answer .= hear($slow, 10000);
    }
    fact('and comes whole', $answer === $value);
    fact('status 0', $server->process->wait() === 0);

    $server->start();
    fact('what was stored is there', request($server, fetch('kept')) === 'value');
    fact('what was half-sent is not', request($server, fetch('half')) === '');
    $server->stop();
}
?>
--EXPECT--
a half-sent request is waited for: yes
then it is closed without an answer: yes
and so is a silent client: yes
new clients are refused: yes
the answer under way keeps the server: yes
and comes whole: yes
status 0: yes
what was stored is there: yes
what was half-sent is not: yes
a half-sent request is waited for: yes
then it is closed without an answer: yes
and so is a silent client: yes
new clients are refused: yes
the answer under way keeps the server: yes
and comes whole: yes
status 0: yes
what was stored is there: yes
what was half-sent is not: yes
