--TEST--
locks lists at most a thousand locks with a hash, age, lease, waiters and holder, and never a key
--SKIPIF--
<?php
require __DIR__ . '/cli.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/cli.inc';

$servers = servers(2);
$list = '--servers=' . list_of(...$servers);
show_tool(['locks', $list]);
$holder = open_meta($servers[0]);
$name = stream_socket_get_name($holder, false);
meta($holder, "ml secret-session-id T100 W0\r\n");
$waiter = open_meta($servers[0]);
fwrite($waiter, "ml secret-session-id T100 W60000\r\n");
wait_until(fn () => str_contains(ask($servers[0], "stats\r\nquit\r\n"), "STAT lock_waiters 1\r"), 'the waiter');
[$status, $out] = tool(['locks', $list]);
fact('no key', $status === 0 && !str_contains($out, 'secret') && !str_contains($out, base64_encode('secret')));
$lock = json_of(['locks', $list])[0];
fact('sums', [$lock['held'], $lock['waiting'], count($lock['locks'])] === [1, 1, 1]);
$lock = $lock['locks'][0];
fact('hash', preg_match('/^[0-9a-f]{8}$/', $lock['hash']) === 1);
fact('age and lease', $lock['age'] >= 0 && $lock['lease'] <= 100 && abs($lock['age'] + $lock['lease'] - 100) < 1);
fact('waiters and holder', $lock['waiters'] === 1 && str_contains($lock['holder'], $name));
fact('--key', tool(['locks', '--key=secret-session-id', $list])[0] === 0 && str_ends_with(tool(['locks', '--key=other', $list])[1], ": not held\n") && tool(['locks', '--key=other', $list])[0] === 1);
fact('--session', tool(['locks', '--key=id', '--session', '--prefix=secret-session-', $list])[0] === 0);

foreach (range(1, 20) as $i) {
    $holders[] = $socket = open_meta($servers[1]);
    say($socket, implode('', array_map(fn ($j) => "ml lock$i-$j T100 W0\r\n", range(1, 60))));
    hear($socket, 60 * 4);
}
[$status, $out] = tool(['locks', $list]);
fact('at most a thousand of 1200', $status === 0 && preg_match_all('/^  [0-9a-f]{8} /m', $out) === 1001 && str_contains($out, ': 1200 held, 0 waiting'));

$servers[0]->kill();
[$status, $out, $err] = tool(['locks', $list]);
fact('one is dead', $status === 3 && str_contains($out, '1200 held') && str_contains($err, 'refused'));
fact('JSON', isset(json_of(['locks', $list])[0]['reason']));
show_tool(['locks', '--session', $list]);
show_tool(['locks', '--key=', $list]);
?>
--EXPECT--
 [SERVER]: 0 held, 0 waiting
 [SERVER]: 0 held, 0 waiting
status 0
no key: yes
sums: yes
hash: yes
age and lease: yes
waiters and holder: yes
--key: yes
--session: yes
at most a thousand of 1200: yes
one is dead: yes
JSON: yes
 sharedance: --session and --prefix are about the --key
status 2
 sharedance: the key must not be empty
status 2
