--TEST--
a full store refuses what does not fit, says so once, and goes on with all else
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer(['--maxsize=1M']);
$keys = [];

function put(TestServer $server, string $key): bool
{
    return request($server, store($key, value_of($key, 10000))) === "OK\n";
}

function fill(TestServer $server, array &$keys): void
{
    static $count = 0;

    for ($i = 0; $i < 1000; $i++) {
        $key = 'key-' . ++$count;
        if (!put($server, $key)) {
            return;
        }
        $keys[] = $key;
    }
}

function all_there(TestServer $server, array $keys): bool
{
    return $keys === array_filter($keys, fn ($key) => request($server, fetch($key)) === value_of($key, 10000));
}

fill($server, $keys);
fact('most of 1 MB was stored, and not more', count($keys) > 50 && count($keys) <= 104);
for ($i = 0, $accepted = 0; $i < 20; $i++) {
    $accepted += put($server, "another-$i");
}
fact('20 more are refused', $accepted === 0);
/* once a minute at most: later lines tell how many were left out */
const LINE = '/refused, no room: the data would exceed --maxsize, 1048576 bytes$/m';
fact('with one line for all', lines($server, LINE) === 1);
fact('what was refused is not there', request($server, fetch('another-0')) === '');
fact('what was stored is', all_there($server, $keys));

foreach (array_splice($keys, 0, 10) as $key) {
    fact("$key is deleted", request($server, delete($key)) === "OK\n");
}
fact('there is room again', put($server, 'again'));

/* the second time is as the first, and the file does not grow for ever */
fill($server, $keys);
put($server, 'another');
fact('still one line', lines($server, LINE) === 1);
for ($i = 0, $replaced = 0; $i < 300; $i++) {
    $replaced += put($server, $keys[$i % count($keys)]);
}
fact('entries can be replaced', $replaced === 300);
clearstatcache();
/* by LMDB's map: what was overwritten in the last second is kept for a power cut */
fact('the file is bounded', filesize("$server->directory/data.mdb") < 68 << 20);
fact('all is there', all_there($server, $keys));
$server->kill();
$server->start();
fact('after a restart too', all_there($server, $keys));
?>
--EXPECT--
most of 1 MB was stored, and not more: yes
20 more are refused: yes
with one line for all: yes
what was refused is not there: yes
what was stored is: yes
key-1 is deleted: yes
key-2 is deleted: yes
key-3 is deleted: yes
key-4 is deleted: yes
key-5 is deleted: yes
key-6 is deleted: yes
key-7 is deleted: yes
key-8 is deleted: yes
key-9 is deleted: yes
key-10 is deleted: yes
there is room again: yes
still one line: yes
entries can be replaced: yes
the file is bounded: yes
all is there: yes
after a restart too: yes
