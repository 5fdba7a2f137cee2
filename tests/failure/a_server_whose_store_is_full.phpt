--TEST--
a server whose store is full: refuses what is new, keeps and deletes what it has
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

row(
    function (Pool $pool) {
        $own = new Sharedance();
        $own->addServer($pool->faulty->object());
        for ($i = 0; $i < 10000; $i++) {
            try {
                $own->set("filler$i", str_repeat('x', 10000));
            } catch (SharedanceException) {
                return;
            }
        }
        throw new RuntimeException('it was never full');
    },
    options: ['--maxsize=8M'],
    then: fn (Pool $pool, callable $key) => 'a new one: set ' . word(fn () => $pool->cache->set($key('fresh'), str_repeat('y', 30000)))
        . ', get ' . word(fn () => strlen((string) $pool->cache->get($key('fresh'))))
);
?>
--EXPECT--
one server: set 1, get "old", delete true, increment 6, session 6
  a new one: set fails, get 0
two, its first: set 2, get "old", delete true, increment 6, session 6
  a new one: set 1, get 30000
two, its second: set 2, get "old", delete true, increment 6, session 6
  a new one: set 1, get 30000
four, its first: set 2, get "old", delete true, increment 6, session 6
  a new one: set 1, get 30000
four, its second: set 2, get "old", delete true, increment 6, session 6
  a new one: set 1, get 30000
