--TEST--
a server that comes back empty: the other one has it all, and fills it
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
    fn (Pool $pool) => lose_data($pool->faulty),
    then: fn (Pool $pool, callable $key) => 'it has: ' . json_encode(array_map(
        fn ($name) => meta_line($pool->faulty, "mg {$key($name)}") !== 'EN',
        ['set', 'get', 'number']
    ))
);
?>
--EXPECT--
one server: set 1, get false, delete false, increment false, session 1
  it has: [true,false,false]
two, its first: set 2, get "old", delete true, increment 6, session 6
  it has: [true,true,true]
two, its second: set 2, get "old", delete true, increment 6, session 6
  it has: [true,true,true]
four, its first: set 2, get "old", delete true, increment 6, session 6
  it has: [true,true,true]
four, its second: set 2, get "old", delete true, increment 6, session 6
  it has: [true,true,true]
