--TEST--
get prints the newest value byte for byte, and changes nothing: no copy is repaired
--SKIPIF--
<?php
require __DIR__ . '/cli.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/cli.inc';

$bytes = implode('', array_map('chr', range(0, 255)));
$servers = servers(4);
foreach ([1, 2, 4] as $count) {
    $list = '--servers=' . list_of(...array_slice($servers, 0, $count));
    fact("$count: set", tool(['set', 'key', $list], $bytes) === [0, '', '']);
    fact("$count: get", tool(['get', 'key', $list]) === [0, $bytes, '']);
    $json = json_of(['get', 'key', $list]);
    fact("$count: JSON", $json['found'] && $json['value'] === null && base64_decode($json['base64']) === $bytes && $json['size'] === 256);
    show_tool(['get', '--copies', 'key', $list]);
}
tool(['set', 'text', $list], "a\0é");
fact('UTF-8 is itself in JSON', json_of(['get', 'text', $list])['value'] === "a\0é");
tool(['set', 'empty', $list], '');
fact('an empty value is there', tool(['get', 'empty', $list]) === [0, '', ''] && json_of(['get', 'empty', $list])['value'] === '');
fact('absent', tool(['get', 'none', $list]) === [1, '', ''] && json_of(['get', 'none', $list])['found'] === false);
fact('not both', tool(['get', '--copies', 'none', $list])[0] === 1);

/* a pair whose copies differ */
[$a, $b] = $servers;
$list = '--servers=' . list_of($a, $b);
$old = (time() - 10) * 1000000;
meta_line($a, "ms pair 3 E$old\r\nold");
meta_line($b, 'ms pair 3 E' . $old + 1 . "\r\nnew");
fact('the newest counts', tool(['get', 'pair', $list]) === [0, 'new', '']);
$sizes = array_column(json_of(['get', '--copies', 'pair', $list]), 'version', 'server');
ksort($sizes);
fact('both are shown', count(array_unique($sizes)) === 2);
fact('neither has changed', meta_line($a, 'mg pair c') === "HD c$old" && meta_line($b, 'mg pair c') === 'HD c' . $old + 1);
meta_line($a, 'md pair E' . $old + 2);
fact('a later deletion counts, too', tool(['get', 'pair', $list])[0] === 1 && str_starts_with(meta_line($b, 'mg pair c'), 'HD'));

/* one of them is dead */
tool(['set', 'key', $list], 'value');
$a->kill();
[$status, $out, $err] = tool(['get', 'key', $list]);
fact('the other one is proven', $status === 0 && $out === 'value' && str_contains($err, 'refused'));
fact('all copies were asked for', tool(['get', '--copies', 'key', $list])[0] === 3);
$b->kill();
$b->start();
[$status, $out, $err] = tool(['get', 'key', $list]);
fact('what is not proven is said', $status === 3 && str_contains($err, 'may be old'));
$b->kill();
[$status, $out] = tool(['get', 'key', $list]);
fact('none', $status === 3 && $out === '' && json_of(['get', 'key', $list])['found'] === false);
?>
--EXPECT--
1: set: yes
1: get: yes
1: JSON: yes
 server state version ttl size proven
 [SERVER] found VERSION 1800 256 yes
status 0
2: set: yes
2: get: yes
2: JSON: yes
 server state version ttl size proven
 [SERVER] found VERSION 1800 256 yes
 [SERVER] found VERSION 1800 256 yes
status 0
4: set: yes
4: get: yes
4: JSON: yes
 server state version ttl size proven
 [SERVER] found VERSION 1800 256 yes
 [SERVER] found VERSION 1800 256 yes
status 0
UTF-8 is itself in JSON: yes
an empty value is there: yes
absent: yes
not both: yes
the newest counts: yes
both are shown: yes
neither has changed: yes
a later deletion counts, too: yes
the other one is proven: yes
all copies were asked for: yes
what is not proven is said: yes
none: yes
