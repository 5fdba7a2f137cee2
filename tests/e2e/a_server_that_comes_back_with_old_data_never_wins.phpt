--TEST--
a server that comes back with old data never wins
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

const READS = ['get', 'getMulti', 'getWithVersion', 'increment', 'add', 'cas'];

/* Reads in one of the ways there are; what it gives is what the value then is. */
function read_by(string $way, Sharedance $pool, string $key): mixed
{
    switch ($way) {
        case 'get':
            return $pool->get($key);
        case 'getMulti':
            return $pool->getMulti([$key])[$key];
        case 'getWithVersion':
            return $pool->getWithVersion($key)[0];
        case 'increment':
            return (string) $pool->increment($key, 0);
        case 'add':
            return $pool->add($key, 'added') ? 'added' : $pool->get($key);
        case 'cas':
            [$value, $version] = $pool->getWithVersion($key);
            return $pool->cas($key, $value, $version) ? $value : 'conflict';
    }
}

/* $a holds 1 of each key, is killed and misses that 2 is written; then it is back. */
function come_back(TestServer $a, TestServer $b, array $keys): array
{
    $wrong = [];
    $pool = pool([$a, $b], true);
    foreach ($keys as $key) {
        $pool->set($key, '1');
    }
    $a->kill();
    foreach ($keys as $key) {
        if ($pool->set($key, '2') !== 1) {
            $wrong[] = "$key is not on one server";
        }
    }
    $a->start();
    time_passes(SETTLING);
    foreach ($keys as $i => $key) {
        if (held($a, $key) !== '1') {
            $wrong[] = "$key: the server that was away has not what it had";
        }
        $way = READS[$i % count(READS)];
        for ($read = 1; $read <= 3; $read++) {
            $value = read_by($way, $pool, $key);
            if ($value !== '2') {
                $wrong[] = "$key: read $read by $way gave " . var_export($value, true);
            }
        }
        if (held($a, $key) !== '2' || held($b, $key) !== '2') {
            $wrong[] = "$key: after reading by $way the servers have " . held($a, $key) . ' and ' . held($b, $key);
        }
    }
    /* and now it is believed alone */
    $b->kill();
    foreach ($keys as $key) {
        $value = outcome(fn () => $pool->get($key));
        if ($value !== '2') {
            $wrong[] = "$key: alone: " . var_export($value, true);
        }
    }
    $b->start();
    return $wrong;
}

foreach (['first', 'second'] as $role) {
    [$a, $b] = servers(2);
    $keys = keys_of(pool([$a, $b], true), $role === 'first' ? $a : $b, 4 * count(READS), 'k');
    $wrong = come_back($a, $b, $keys);
    echo "away was the $role: ", $wrong === [] ? 'never wins' : implode("\n", $wrong), "\n";
}

/* one key alone, to the letter: a new process reads it first */
[$a, $b] = servers(2);
$pool = pool([$a, $b], true);
[$key] = keys_of($pool, $a, 1, 'k');
$pool->set($key, '1');
$a->kill();
$pool->set($key, '2');
$a->start();
$reader = php('operate.inc', [$a->port, $b->port, "get:$key"]);
echo $reader->wait(), ' ', $reader->log(), held($a, $key), "\n";
?>
--EXPECT--
away was the first: never wins
away was the second: never wins
0 "2"
2
