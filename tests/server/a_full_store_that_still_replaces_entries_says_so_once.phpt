--TEST--
a full store that still replaces entries says so once, not anew with each entry that does not fit
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

/* As on a full cache of sessions: those that are there are stored again, new ones are refused. */

$server = new TestServer(['--maxsize=1M']);

function put(TestServer $server, string $key): bool
{
    return request($server, store($key, value_of($key, 10000))) === "OK\n";
}

for ($i = 0; $i < 1000 && put($server, "key-$i"); $i++) {
}
for ($replaced = $refused = 0, $i = 0; $i < 20; $i++) {
    $replaced += put($server, "key-$i");
    $refused += !put($server, "another-$i");
}
fact('20 are replaced', $replaced === 20);
fact('20 are refused', $refused === 20);
fact('one line tells', lines($server, '/no room/') === 1);
?>
--EXPECT--
20 are replaced: yes
20 are refused: yes
one line tells: yes
