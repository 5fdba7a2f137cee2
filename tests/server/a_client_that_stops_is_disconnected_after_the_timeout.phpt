--TEST--
a client that is silent, stops in a request or stops reading is disconnected after the timeout
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer(['--timeout=1']);
request($server, store('key', 'value'));
request($server, store('large', value_of('large', 20000000)));

$begin = microtime(true);
$clients = ['silent' => dial($server), 'half' => dial($server), 'unread' => dial($server)];
say($clients['half'], substr(store('half', 'value'), 0, -1));
say($clients['unread'], fetch('large'));

$closed = [];
$served = $refused = 0;
wait_until(function () use ($server, $clients, $begin, &$closed, &$served, &$refused) {
    request($server, fetch('key')) === 'value' ? $served++ : $refused++;
    foreach (['silent', 'half'] as $name) {
        if (!isset($closed[$name]) && !is_quiet($clients[$name])) {
            $closed[$name] = microtime(true) - $begin;
            fact("$name is closed without a word", hear($clients[$name]) === '');
        }
    }
    return count($closed) === 2;
}, 'the clients\' end');

fact('not before their time', min($closed) > 0.5);
fact('others were served meanwhile', $served > 0 && $refused === 0);
wait_until(fn () => lines($server, '/disconnected by --timeout/') === 3, 'three lines');
fact('who does not read has not all', strlen(hear($clients['unread'])) < 20000000);
fact('what was half-sent is not there', request($server, fetch('half')) === '');
?>
--EXPECT--
silent is closed without a word: yes
half is closed without a word: yes
not before their time: yes
others were served meanwhile: yes
who does not read has not all: yes
what was half-sent is not there: yes
