--TEST--
ping measures the round trip of each server that answers, and names the others
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
    echo "$count: ";
    show_tool(['ping', '--count=2', '--servers=' . list_of(...array_slice($servers, 0, $count))]);
}
$list = list_of(...$servers);
$servers[1]->kill();
echo 'one is dead: ';
show_tool(['ping', "--servers=$list"]);
$json = json_of(['ping', '--count=3', "--servers=$list"]);
fact('JSON', array_map(fn ($each) => $each['count'] ?? $each['reason'] !== '', $json) === [3, true, 3, 3]);
fact('in order', $json[0]['least'] <= $json[0]['mean'] && $json[0]['mean'] <= $json[0]['most'] && $json[0]['least'] > 0);

$silent = new BrokenServer('silent');
$began = hrtime(true);
[$status, , $err] = tool(['ping', '--timeout=0.5', '--servers=' . list_of($silent, $silent)]);
fact('duplicates are refused', $status === 2);
[$status, $out] = tool(['ping', '--timeout=0.5', '--servers=' . list_of($silent, $servers[0])]);
fact('a silent one costs the timeout', $status === 3 && substr_count($out, 'least') === 1 && hrtime(true) - $began < 30e9);
?>
--EXPECT--
1:  [SERVER]: least N ms, mean N ms, most N ms
status 0
2:  [SERVER]: least N ms, mean N ms, most N ms
 [SERVER]: least N ms, mean N ms, most N ms
status 0
4:  [SERVER]: least N ms, mean N ms, most N ms
 [SERVER]: least N ms, mean N ms, most N ms
 [SERVER]: least N ms, mean N ms, most N ms
 [SERVER]: least N ms, mean N ms, most N ms
status 0
one is dead:  [SERVER]: least N ms, mean N ms, most N ms
 [SERVER]: least N ms, mean N ms, most N ms
 [SERVER]: least N ms, mean N ms, most N ms
 sharedance: Failed to connect on [SERVER] "Connection refused"
status 3
JSON: yes
in order: yes
duplicates are refused: yes
a silent one costs the timeout: yes
