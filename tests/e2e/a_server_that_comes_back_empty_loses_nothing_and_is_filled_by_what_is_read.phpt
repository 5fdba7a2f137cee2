--TEST--
a server that comes back empty loses nothing and is filled by what is read
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

start_on_own_clock();

/* Values of no byte, of any bytes, and longer than any buffer. */
function value_of(string $key, int $i): string
{
    return $i % 5 === 0 ? '' : str_repeat("$key\r\n\0", [0, 1, 500, 7000, 30000][$i % 5]);
}

foreach ([0, 1] as $which) {
    $servers = servers(2);
    $away = $servers[$which];
    $stays = $servers[1 - $which];
    $pool = pool($servers, true);
    $keys = array_map(fn ($i) => "key$i", range(1, 200));
    foreach ($keys as $i => $key) {
        $pool->set($key, value_of($key, $i), $i % 2 ? 0 : 3600);
    }
    $away->kill();
    remove_tree($away->directory);
    $away->start();
    time_passes(SETTLING);

    $wrong = [];
    if (array_filter($keys, fn ($key) => held($away, $key) !== null) !== []) {
        $wrong[] = 'it is not empty';
    }
    [$one_by_one, $together] = array_chunk($keys, 100);
    foreach ($one_by_one as $i => $key) {
        if ($pool->get($key) !== value_of($key, $i)) {
            $wrong[] = "$key was lost";
        }
    }
    $values = $pool->getMulti($together);
    foreach ($together as $i => $key) {
        if ($values[$key] !== value_of($key, $i + 100)) {
            $wrong[] = "$key was lost";
        }
    }
    foreach ($keys as $i => $key) {
        if (held($away, $key) !== value_of($key, $i)) {
            $wrong[] = "$key was not filled in";
        }
        /* and for as long as the other has it */
        [, $left] = explode(' t', converse($away, "mg $key t\r\n"));
        [, $there] = explode(' t', converse($stays, "mg $key t\r\n"));
        if (abs((int) $left - (int) $there) > 2) {
            $wrong[] = "$key lives for $left and not for $there seconds";
        }
    }
    $stays->kill();
    foreach ($keys as $i => $key) {
        if ($pool->get($key) !== value_of($key, $i)) {
            $wrong[] = "$key is not on the one that was filled";
        }
    }
    echo $wrong === [] ? 'nothing is lost' : implode("\n", $wrong), "\n";
}
?>
--EXPECT--
nothing is lost
nothing is lost
