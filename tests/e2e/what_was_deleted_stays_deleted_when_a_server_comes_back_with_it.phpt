--TEST--
what was deleted stays deleted when a server comes back with it
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

/* Each key is on both, and is deleted while $a is away, which then is back. @return Sharedance */
function delete_meanwhile(TestServer $a, TestServer $b, array $keys): Sharedance
{
    $pool = pool([$a, $b], true);
    foreach ($keys as $key) {
        $pool->set($key, 'old');
    }
    $a->kill();
    foreach ($keys as $key) {
        if ($pool->delete($key) !== true) {
            echo "$key was not there\n";
        }
    }
    $a->start();
    time_passes(SETTLING);
    return $pool;
}

/* All that can be asked of a key that is gone. */
function questions(Sharedance $pool, string $key): array
{
    return [
        'get' => fn () => $pool->get($key),
        'getMulti' => fn () => $pool->getMulti([$key])[$key] ?? false,
        'has' => fn () => $pool->has($key),
        'getWithVersion' => fn () => $pool->getWithVersion($key) ?? false,
        'replace' => fn () => $pool->replace($key, 'old'),
        'touch' => fn () => $pool->touch($key, 60),
        'increment' => fn () => $pool->increment($key),
        'cas' => fn () => $pool->cas($key, 'old', 1),
    ];
}

/* What is asked of keys must be answered so. */
function expect_all(string $when, Sharedance $pool, array $keys, mixed $expected): void
{
    $wrong = [];
    foreach ($keys as $key) {
        foreach (questions($pool, $key) as $name => $question) {
            $answer = outcome($question);
            $right = is_string($expected) ? preg_match($expected, (string) json_encode($answer)) : $answer === $expected;
            if (!$right) {
                $wrong[] = "$name of $key: " . var_export($answer, true);
            }
        }
    }
    echo "$when: ", $wrong === [] ? 'as expected' : implode("\n", $wrong), "\n";
}

foreach (['first', 'second'] as $role) {
    echo "the {$role}:\n";

    /* with a read while both are there */
    [$a, $b] = servers(2);
    $keys = keys_of(pool([$a, $b], true), $role === 'first' ? $a : $b, 5);
    $pool = delete_meanwhile($a, $b, $keys);
    foreach ($keys as $key) {
        if (held($a, $key) !== 'old') {
            echo "$key is not there\n";
        }
    }
    expect_all('both are there', $pool, $keys, false);
    foreach ($keys as $key) {
        if (held($a, $key) !== null || held($b, $key) !== null) {
            echo "$key is held\n";
        }
    }
    $b->kill();
    expect_all('only the one that was away, and was told', $pool, $keys, false);

    /* with one that is part of a write */
    [$a, $b] = servers(2);
    $pool = delete_meanwhile($a, $b, $keys);
    var_dump($pool->add($keys[0], 'added'), $pool->replace($keys[1], 'replaced'), $pool->increment($keys[2]));
    var_dump(held($a, $keys[0]), held($b, $keys[0]), $pool->get($keys[1]), $pool->get($keys[2]));

    /* without one */
    [$a, $b] = servers(2);
    $pool = delete_meanwhile($a, $b, $keys);
    $b->kill();
    expect_all(
        'only the one that was away, and was not told',
        $pool,
        $keys,
        '/^"SharedanceUnprovenException: .*was down and has not been compared with the other/'
    );
    /* it is for the caller to write: that is known to be the newest */
    [$key] = $keys;
    var_dump($pool->set($key, 'new'), $pool->get($key));
    $b->start();
    var_dump($pool->get($key), held($b, $key));
    array_shift($keys);
    expect_all('the other is back', $pool, $keys, false);
    $b->kill();
    expect_all('the other is away again', $pool, $keys, false);
}
?>
--EXPECT--
the first:
both are there: as expected
only the one that was away, and was told: as expected
bool(true)
bool(false)
bool(false)
string(5) "added"
string(5) "added"
bool(false)
bool(false)
only the one that was away, and was not told: as expected
int(1)
string(3) "new"
string(3) "new"
string(3) "new"
the other is back: as expected
the other is away again: as expected
the second:
both are there: as expected
only the one that was away, and was told: as expected
bool(true)
bool(false)
bool(false)
string(5) "added"
string(5) "added"
bool(false)
bool(false)
only the one that was away, and was not told: as expected
int(1)
string(3) "new"
string(3) "new"
string(3) "new"
the other is back: as expected
the other is away again: as expected
