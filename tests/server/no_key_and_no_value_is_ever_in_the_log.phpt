--TEST--
no key and no value is ever in the log, with --debug neither
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

const CANARY = 'Yellow Canary';

$server = new TestServer(['--debug', '--maxsize=1M', '--maxreadsize=3M', '--timeout=1']);
$long = str_repeat(CANARY, 200000);

$requests = [
    store(CANARY, CANARY),
    fetch(CANARY),
    store(CANARY, substr($long, 0, 5000)),
    delete(CANARY),
    delete(CANARY),
    fetch('.' . CANARY),
    store(CANARY . "\n", CANARY),
    delete(CANARY . '/' . CANARY),
    fetch(str_repeat(CANARY, 30)),
    CANARY,
    'F' . CANARY,
    fetch(CANARY) . CANARY,
    store(CANARY, CANARY) . store(CANARY, CANARY),
    store(CANARY, $long), /* larger than the store */
    store(CANARY, "$long$long"), /* larger than a request */
];
foreach ($requests as $request) {
    request($server, $request);
}
/* gone in the middle of a request, silent in the middle, gone during the answer */
$half = substr(store(CANARY, CANARY), 0, -1);
$gone = dial($server);
say($gone, $half);
round_trip($server);
fclose($gone);
$silent = dial($server);
say($silent, $half);
hear($silent);
request($server, store(CANARY, substr($long, 0, 500000)));
$gone = dial($server);
say($gone, fetch(CANARY));
hear($gone, 1);
fclose($gone);
round_trip($server);
$server->stop();

fact('refusals are in the log', lines($server, '/refused/') >= 9);
fact('the key is not', stripos($server->process->log(), 'canary') === false);
/* nor a part of it, nor as other than text */
fact('nor a part', !preg_match('/ello|cana|anary|\x00/i', $server->process->log()));
fact('nor in hex', !str_contains($server->process->log(), bin2hex('Canary')));
?>
--EXPECT--
refusals are in the log: yes
the key is not: yes
nor a part: yes
nor in hex: yes
