--TEST--
the checker finds old reads where the newest is not looked for
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
require __DIR__ . '/history.inc';

/* A first server is away while each key is written once more, or deleted, and is read when it is back:
 * recorded and checked as in the trial of chaos. With sharedance.read_policy=first nothing is compared. */
foreach (['newest', 'first'] as $policy) {
    ini_set('sharedance.read_policy', $policy);
    [$a, $b] = servers(2);
    $pool = pool([$a, $b], true);
    $file = scratch() . "/journal-$policy";
    $journal = new Journal($file);
    $write = function (string $key, ?string $name) use ($pool, $journal) {
        $journal->run($name === null ? 'delete' : 'set', [$key => $name ?? '-'], function () use ($pool, $key, $name) {
            $name === null ? $pool->delete($key) : $pool->set($key, make_value($key, $name));
            return [[$key, 'ok', $name ?? '-']];
        });
    };

    $keys = keys_of($pool, $a, 100);
    foreach ($keys as $key) {
        $write($key, 'old');
    }
    $a->kill();
    foreach ($keys as $i => $key) {
        $write($key, $i % 4 === 0 ? null : 'new');
    }
    $a->start();
    foreach ($keys as $key) {
        $journal->run('get', [], function () use ($pool, $key) {
            $value = $pool->get($key);
            return [[$key, 'ok', $value === false ? '-' : name_of_value($key, $value)]];
        });
    }
    $journal->flush();
    $checker = Checker::check([$file]);
    echo "$policy: {$checker->reads} reads, {$checker->failed} failed, {$checker->wrongs} are wrong\n";
    echo preg_replace('/key\d+ at \d+ to \d+/', 'KEY', $checker->wrong[0] ?? ''), "\n";
}
?>
--EXPECT--
newest: 100 reads, 0 failed, 0 are wrong

first: 100 reads, 0 failed, 100 are wrong
get of KEY found old: it is old
