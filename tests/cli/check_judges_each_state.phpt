--TEST--
check judges reachability, health, fullness, clock, latency, version and identity as a plugin of a monitoring system
--SKIPIF--
<?php
require __DIR__ . '/cli.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/cli.inc';

const SLOW = '--latency=50,60'; /* a slow machine is no finding */

function check(string $list, string ...$options): void
{
    [$status, $out, $err] = tool(['check', SLOW, "--servers=$list", ...$options]);
    [$text, $data] = explode(' | ', rtrim($out)) + ['', ''];
    echo $status, ' ', preg_replace('/\d+%|(?<=version )\d+\.\d+\.\d+\w*|(?<=localhost:)\d+/', 'N', normal($text)), substr_count($out, "\n") === 1 && $err === '' ? '' : ' and more', "\n";
    /* label=value[unit];warning;critical;least;most */
    if (!preg_match("/^('[^']+'=-?[\d.]+(s|%)?(;[\d.]*){0,4}( |$))*$/", $data)) {
        echo "wrong data: $data\n";
    }
}

[$a, $b, $c, $d] = servers(4);
check(list_of($a));
check(list_of($a, $b));
check(list_of($a, $b, $c, $d));
$list = list_of($a, $b, $c, $d);
$d->kill();
echo 'dead: ';
check($list);
echo 'latency: ';
check(list_of($a), '--latency=0,1000');
echo 'latency: ';
check(list_of($a), '--latency=0,0');
$full = new TestServer(['--maxsize=1048576']);
$socket = open_meta($full);
for ($i = 0; !str_starts_with(meta($socket, "ms key$i 2000\r\n" . str_repeat('x', 2000) . "\r\n"), 'SERVER_ERROR') && $i < 5000; $i++) {
}
foreach (['50,100000', '10,50'] as $limits) {
    echo 'full: ';
    check(list_of($full), "--full=$limits");
}
foreach ([79, 80, 94, 95] as $bytes) {
    $other = new BrokenServer('speaks', bin2hex('1'), bin2hex("STAT version 99\r\nSTAT health OK\r\nSTAT limit_maxbytes 100\r\nSTAT bytes $bytes\r\nEND\r\n"));
    echo "$bytes: ";
    check(list_of($other));
}
echo 'full: ';
check(list_of($a), '--full=0,1');
foreach ([0, 30, 3000, -3000] as $ahead) {
    $server = new TestServer([], null, clock_of_its_own($ahead));
    echo "clock $ahead: ";
    check(list_of($server));
}
echo 'one server twice: ';
check(list_of($a) . ",localhost:$a->port");
$other = new BrokenServer('speaks', bin2hex('1'), bin2hex("STAT version 99\r\nSTAT health OK\r\nSTAT limit_maxbytes 100\r\nSTAT bytes 7\r\nEND\r\n"));
echo 'version: ';
check(list_of($a, $other));
$other = new BrokenServer('speaks', bin2hex('1'), bin2hex("STAT version 99\r\nSTAT health READ_ONLY\r\nSTAT health_reason no | more\r\nEND\r\n"));
echo 'health: ';
check(list_of($other));
echo 'nonsense: ';
check(list_of(new BrokenServer('speaks', bin2hex('1'), bin2hex("what?\r\n"))));
$pair = array_map(fn () => new TestServer(['--expiration=6']), range(1, 2));
pool($pair, true)->set('key', 'value');
$pair[0]->stop();
$pair[0]->start();
echo 'unproven: ';
check(list_of($pair[0]));
echo 'unproven: ';
check(list_of($pair[0]), '--proven');
wait_until(function () use ($pair) { /* the other one's word counts when it has been up for a while */
    pool($pair, true)->set('key', 'value');
    return tool(['check', SLOW, '--servers=' . list_of(...$pair), '--proven'])[0] === 0;
}, 'the proof');
echo 'proven: ';
check(list_of(...$pair), '--proven');
$odd = new TestServer(['--unix-socket=' . ($path = scratch() . "/a'b|c=d")]);
[, $out] = tool(['check', SLOW, "--servers=unix:$path"]);
fact('an odd name is a label, too', substr_count($out, '|') === 1 && preg_match_all("/(?<= )'[^'=]*\/a\/b\/c\/d\] \w+'=[-\d.]+/", $out) === 6 && substr_count($out, "'") === 12);

start_on_own_disk();
$server = new TestServer();
disk_fails('data 28');
$socket = open_meta($server);
wait_until(function () use ($socket, $server) {
    meta($socket, "ms key 1\r\nx\r\n");
    return str_contains(ask($server, "stats\r\nquit\r\n"), 'health FULL');
}, 'the store to notice');
echo 'disk: ';
check(list_of($server));
$json = json_of(['check', SLOW, '--servers=' . list_of($a, $d)]);
fact('JSON', $json['state'] === 'CRITICAL' && $json['servers'][0]['state'] === 'OK' && $json['servers'][1]['state'] === 'DOWN');
?>
--EXPECTF--
0 SHAREDANCE OK - 1 of 1 servers are well
0 SHAREDANCE OK - 2 of 2 servers are well
0 SHAREDANCE OK - 4 of 4 servers are well
dead: 2 SHAREDANCE CRITICAL - Failed to connect on [SERVER] "Connection refused"
latency: 1 SHAREDANCE WARNING - [SERVER] took N s
latency: 2 SHAREDANCE CRITICAL - [SERVER] took N s
full: 1 SHAREDANCE WARNING - [SERVER] is N full
full: 2 SHAREDANCE CRITICAL - [SERVER] is N full
79: 0 SHAREDANCE OK - 1 of 1 servers are well
80: 1 SHAREDANCE WARNING - [SERVER] is N full
94: 1 SHAREDANCE WARNING - [SERVER] is N full
95: 2 SHAREDANCE CRITICAL - [SERVER] is N full
full: 1 SHAREDANCE WARNING - [SERVER] is N full
clock 0: 0 SHAREDANCE OK - 1 of 1 servers are well
clock 30: 1 SHAREDANCE WARNING - the clock of [SERVER] is N s ahead
clock 3000: 2 SHAREDANCE CRITICAL - the clock of [SERVER] is N s ahead
clock -3000: 2 SHAREDANCE CRITICAL - the clock of [SERVER] is N s behind
one server twice: 2 SHAREDANCE CRITICAL - [SERVER] and [localhost:N] are one server
version: 1 SHAREDANCE WARNING - [SERVER] has version N and [SERVER] has 99
health: 2 SHAREDANCE CRITICAL - [SERVER] is READ_ONLY: no / more
nonsense: 2 SHAREDANCE CRITICAL - [SERVER] answers "what?" to `stats`
unproven: 0 SHAREDANCE OK - 1 of 1 servers are well
unproven: 1 SHAREDANCE WARNING - [SERVER] has 1 unproven entries, [SERVER] cannot prove for %d s that an entry is absent
proven: 0 SHAREDANCE OK - 2 of 2 servers are well
an odd name is a label, too: yes
disk: 2 SHAREDANCE CRITICAL - [SERVER] is FULL: %s
JSON: yes
