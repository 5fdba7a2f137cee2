--TEST--
values are any bytes of any size
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/../helper.inc';

$cache = pool(servers(1));

$values = [
    'every byte' => implode(array_map('chr', range(0, 255))),
    'looks like an answer' => "OK\n",
    'one zero byte' => "\0",
    'just past a read' => str_repeat('x', 16385),
    'a megabyte' => random_bytes(1 << 20),
    'ten megabytes' => str_repeat(random_bytes(1024), 10240),
];
foreach ($values as $key => $value) {
    $cache->set($key, $value);
    printf("%-20s %s\n", $key, $cache->get($key) === $value ? 'came back' : 'was changed');
}

echo "an empty value\n";
var_dump($cache->set('empty', ''), $cache->get('empty', 'none'), $cache->getMulti(['empty']), $cache->delete('empty'));

/* The classic protocol has one answer for "empty" and for "none": it is documented as a limit. */
echo "on a classic server\n";
$cache = pool([classic(new TestServer())]);
var_dump($cache->set('empty', ''), $cache->get('empty', 'none'), $cache->getMulti(['empty']), $cache->delete('empty'));
?>
--EXPECT--
every byte           came back
looks like an answer came back
one zero byte        came back
just past a read     came back
a megabyte           came back
ten megabytes        came back
an empty value
int(1)
string(0) ""
array(1) {
  ["empty"]=>
  string(0) ""
}
bool(true)
on a classic server
int(1)
string(4) "none"
array(0) {
}
bool(true)
