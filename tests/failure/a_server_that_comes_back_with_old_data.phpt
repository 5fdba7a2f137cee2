--TEST--
a server that comes back with old data: what is newest counts
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/row.inc';

/* Alone it has missed nothing. In a pair it was down while all entries were written, or deleted. */
row(function (Pool $pool) {
    $pool->faulty->kill();
    $names = fn (string $name) => [...array_map(fn ($i) => "$name$i", range(0, 60))];
    if (count($pool->servers) > 1) {
        foreach (['set', 'get'] as $name) {
            $ignored = $pool->cache->setMulti(array_fill_keys($names($name), 'newer'));
        }
        $pool->cache->deleteMulti($names('delete'));
        $ignored = $pool->cache->setMulti(array_fill_keys($names('number'), '7'));
        $ignored = $pool->cache->setMulti(array_fill_keys($names('session'), 'n|i:7;'));
    }
    $pool->faulty->start();
});
?>
--EXPECT--
one server: set 1, get "old", delete true, increment 6, session 6
two, its first: set 2, get "newer", delete true, increment 8, session 8
two, its second: set 2, get "newer", delete true, increment 8, session 8
four, its first: set 2, get "newer", delete true, increment 8, session 8
four, its second: set 2, get "newer", delete true, increment 8, session 8
