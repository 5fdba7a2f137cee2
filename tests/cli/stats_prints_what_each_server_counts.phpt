--TEST--
stats prints what each server counts, and what it says has no byte that a terminal or JSON would not take
--SKIPIF--
<?php
require __DIR__ . '/cli.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/cli.inc';

$servers = servers(4);
foreach ([1, 2, 4] as $count) {
    $json = json_of(['stats', '--servers=' . list_of(...array_slice($servers, 0, $count))]);
    fact("$count servers", array_column(array_column($json, 'stats'), 'pid') === array_map(fn ($server) => $server->process->pid, array_slice($servers, 0, $count)));
}
$list = list_of(...$servers);
$servers[2]->kill();
[$status, $out, $err] = tool(['stats', "--servers=$list"]);
fact('one is dead', $status === 3 && substr_count($out, '  health') === 3 && substr_count($err, "\n") === 1);
fact('in JSON, too', array_map(fn ($each) => isset($each['stats']) ? 0 : strlen($each['reason']) > 9, json_of(['stats', "--servers=$list"])) === [0, 0, true, 0]);

$hostile = new BrokenServer('speaks', bin2hex('1'), bin2hex("STAT a \x1b[2J\xff\0x\r\nSTAT b 18446744073709551615\r\nSTAT c 1.5\r\nSTAT d -3\r\nEND\r\n"));
[, $out] = tool(['stats', '--servers=' . list_of($hostile)]);
fact('nothing for the terminal', preg_match('/[^\n -~]/', $out) === 0 && str_contains($out, '?[2J??x'));
var_dump(json_of(['stats', '--servers=' . list_of($hostile)])[0]['stats']);
show_tool(['stats', '--servers=' . list_of(new BrokenServer('speaks', bin2hex('1'), bin2hex("HTTP/1.1 400 Bad Request\r\n\r\n")))]);
?>
--EXPECT--
1 servers: yes
2 servers: yes
4 servers: yes
one is dead: yes
in JSON, too: yes
nothing for the terminal: yes
array(4) {
  ["a"]=>
  string(7) "?[2J??x"
  ["b"]=>
  string(20) "18446744073709551615"
  ["c"]=>
  string(3) "1.5"
  ["d"]=>
  int(-3)
}
 sharedance: [SERVER] does not answer `stats`
status 3
