--TEST--
set and delete say on how many servers they were done; set takes a time to live and a version
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
fact('set', tool(['set', 'k', '--ttl=500', $list], 'one') === [0, '', '']);
fact('its life', lives($servers[0], 'k', 500) && lives($servers[1], 'k', 500));
$version = json_of(['get', 'k', $list])['version'];
[$status, $out, $err] = tool(['set', 'k', "--if-version=1", '--json', $list], 'two');
fact('another version', $status === 1 && json_decode($out, true)['stored'] === 0 && str_contains($err, 'not stored'));
fact('that version', tool(['set', 'k', "--if-version=$version", $list], 'two')[0] === 0 && tool(['get', 'k', $list])[1] === 'two');
fact('JSON', json_of(['set', 'k', $list], 'three') === ['stored' => 2]);
show_tool(['delete', 'k', $list]);
show_tool(['delete', 'k', $list]);
tool(['set', 'k', $list], 'x');
$json = json_of(['delete', 'k', $list]);
fact('JSON of delete', $json['deleted'] && count($json['copies']) === 2 && $json['copies'][0]['state'] === 'deleted');

fact('--session with a prefix', tool(['set', 'id', '--session', '--prefix=p_', $list], 'session')[0] === 0 && tool(['get', 'p_id', $list])[1] === 'session');
file_put_contents($ini = scratch() . '/php.ini', "[PHP]\n; sharedance.session.prefix = no_\nsharedance.session.prefix = \"q_\"\nsession.save_path=\"" . list_of(...$servers) . "\" ; comment\n");
fact('the prefix of a php.ini', tool(['set', 'id', '--session', "--servers-from=$ini"], 'session')[0] === 0 && tool(['get', 'q_id', $list])[1] === 'session');
fact('--prefix wins', tool(['get', 'id', '--session', '--prefix=p_', "--servers-from=$ini"])[1] === 'session' && tool(['get', 'id', "--servers-from=$ini"])[0] === 1);
fact('--single', tool(['set', 'alone', '--single', $list], 'x') === [0, '', ''] && tool(['get', '--copies', 'alone', $list])[0] === 1);
show_tool(['set', 'k', $list], str_repeat('x', 33554432));

$servers[0]->kill();
show_tool(['set', 'k', $list], 'x');
show_tool(['set', 'k', '--json', $list], 'x');
[$status, $out, $err] = tool(['delete', 'k', $list]);
fact('deleted on one', $status === 1 && str_contains($out, 'deleted') && str_contains($out, 'failed') && str_contains($err, 'refused'));
$servers[1]->kill();
fact('stored on none', tool(['set', 'k', $list], 'x')[0] === 3 && json_of(['set', 'k', $list], 'x')['stored'] === 0);
fact('deleted on none', tool(['delete', 'k', $list])[0] === 3 && json_of(['delete', 'k', $list])['deleted'] === false);
?>
--EXPECT--
set: yes
its life: yes
another version: yes
that version: yes
JSON: yes
 server state version ttl size proven
 [SERVER] deleted VERSION 1800 - yes
 [SERVER] deleted VERSION 1800 - yes
status 0
 server state version ttl size proven
 [SERVER] deleted VERSION 1800 - yes
 [SERVER] deleted VERSION 1800 - yes
status 1
JSON of delete: yes
--session with a prefix: yes
the prefix of a php.ini: yes
--prefix wins: yes
--single: yes
 sharedance: the value must be at most 33554422 bytes long (32 MiB with the key), 33554432 given
status 2
 sharedance: stored on 1 of 2 servers
status 1
 {
 "stored": 1,
 "reason": "stored on 1 of 2 servers"
 }
 sharedance: stored on 1 of 2 servers
status 1
deleted on one: yes
stored on none: yes
deleted on none: yes
