--TEST--
an entry with a version of the far future keeps no write out, and nobody who has read it goes by it
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/e2e.inc';
require __DIR__ . '/../clock.inc';

const DAY = 86400;

/* Servers take such a version only if their own clock is ahead: it was, and was set right. */
start_on_own_clock();
clock_is_ahead(3 * DAY);
$servers = [$a, $b] = servers(2);
$pool = pool($servers, true);
$far = (time() + 3 * DAY) * 1000000;
$kinds = [];
foreach (['first' => [$a], 'second' => [$b], 'first and the second' => $servers] as $where => $poisoned) {
    foreach (['entry', 'tombstone'] as $what) {
        [$key] = keys_of($pool, $a, 1, strtr("$where-$what-", " ", "-"));
        $kinds["$what on the $where"] = $key;
        foreach ($poisoned as $server) {
            converse($server, $what === 'entry' ? "ms $key 6 T0 E$far\r\npoison\r\n" : "md $key T600 E$far\r\n");
        }
    }
}
foreach ($servers as $server) {
    converse($server, "ms poison 6 T0 E$far\r\npoison\r\n");
}
clock_is_ahead(0);
foreach ($servers as $server) {
    $server->kill();
    $server->start();
}

function versions(array $servers, string $key): array
{
    return array_map(function ($server) use ($key) {
        preg_match('/ c(\d+)/', converse($server, "mg $key c G\r\n"), $match);
        return (int) ($match[1] ?? 0);
    }, $servers);
}

foreach ($kinds as $kind => $key) {
    $done = [$pool->set($key, 'mine'), $pool->get($key), $pool->delete($key), $pool->get($key), $pool->set($key, 'again'),
        $pool->get($key), $pool->add($key, 'other'), $pool->replace($key, '5'), $pool->increment($key)];
    $versions = versions($servers, $key);
    echo "$kind: ", $done === [2, 'mine', true, false, 2, 'again', false, true, 6] && $versions[0] === $versions[1]
        && abs($versions[0] / 1e6 - time()) < DAY ? 'right' : 'wrong: ' . json_encode([$done, $versions]), "\n";
}

/* one has read such an entry, and another one has not */
$pool->set('count', '0');
$pool->set('session', 'in');
$go = array_map(fn ($i) => scratch() . "/go-$i", range(0, 3));
$one = php('operate.inc', [$a->port, $b->port, 'get:poison', 'increment:count', "wait:$go[0]", 'increment:count',
    'set:session:in', "wait:$go[1]", 'get:session', 'delete:session']);
$one->expect('/^(1)$/m');
$other = fn (string ...$operations) => [$process = php('operate.inc', [$a->port, $b->port, ...$operations]), $process->wait(),
    print(str_replace("\n", ' ', $process->log()) . "\n")];
$other('increment:count', 'set:count:10', 'get:count');
touch($go[0]);
$one->expect('/^(11)$/m');
wait_until(fn () => $pool->get('session') === 'in', 'the session');
$other('increment:count', 'delete:session', 'get:session');
touch($go[1]);
$one->wait();
echo str_replace("\n", ' ', $one->log()), "\n";
$other('get:count', 'get:session', 'set:session:new', 'get:session');
foreach (['count', 'session'] as $key) {
    $versions = versions($servers, $key);
    echo "$key: ", $versions[0] === $versions[1] && abs($versions[0] / 1e6 - time()) < DAY ? 'right' : 'wrong', "\n";
}
?>
--EXPECT--
entry on the first: right
tombstone on the first: right
entry on the second: right
tombstone on the second: right
entry on the first and the second: right
tombstone on the first and the second: right
2 2 "10" 
12 true false 
"poison" 1 11 2 false false 
"12" false 2 "new" 
count: right
session: right
