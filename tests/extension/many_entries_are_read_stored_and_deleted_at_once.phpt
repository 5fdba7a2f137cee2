--TEST--
many entries are read stored and deleted at once
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

$servers = servers(3);
foreach ([pool([$servers[0]]), pool($servers), pool($servers, true)] as $i => $cache) {
    echo ['one server', 'three servers', 'with redundancy'][$i], "\n";
    var_dump($cache->getMulti([]), $cache->setMulti([]), $cache->deleteMulti([]));

    echo "numbers as keys, and as values\n";
    var_dump($cache->setMulti(['1' => 'one', -7 => 'minus seven', '007' => 'bond', 'n' => 5, 'f' => 0.5, 'e' => '']));
    var_dump($cache->getMulti([1, '-7', '007', 'n', 'f', 'e', 'none', 0]));
    var_dump($cache->get('1'), $cache->get('-7'));

    echo "twice the same key\n";
    var_dump($cache->getMulti(['n', 'n', 'none', 'none', '1', 1]), $cache->deleteMulti(['n', 'n', 'none', 'none']));

    echo "references, and holes\n";
    $value = 'by reference';
    $pairs = ['a' => &$value, 'b' => 'b', 'c' => 'c'];
    unset($pairs['b']);
    $keys = [3 => &$pairs['a'], 9 => 'c'];
    $pairs['a'] = 'a';
    var_dump($cache->setMulti($pairs), $cache->getMulti($keys));

    echo "a time to live for all\n";
    $ignored = $cache->setMulti(['x' => '1', 'y' => '2'], 300);
    foreach (['x', 'y'] as $key) {
        $holders = array_filter($servers, fn ($server) => lives($server, $key, 300));
        echo "$key on ", count($holders), "\n";
    }
    var_dump($cache->deleteMulti(['1', -7, '007', 'f', 'e', 'a', 'c', 'x', 'y', 'none']));
}
?>
--EXPECT--
one server
array(0) {
}
int(0)
int(0)
numbers as keys, and as values
int(6)
array(6) {
  [1]=>
  string(3) "one"
  [-7]=>
  string(11) "minus seven"
  ["007"]=>
  string(4) "bond"
  ["n"]=>
  string(1) "5"
  ["f"]=>
  string(3) "0.5"
  ["e"]=>
  string(0) ""
}
string(3) "one"
string(11) "minus seven"
twice the same key
array(2) {
  ["n"]=>
  string(1) "5"
  [1]=>
  string(3) "one"
}
int(1)
references, and holes
int(2)
array(2) {
  ["a"]=>
  string(1) "a"
  ["c"]=>
  string(1) "c"
}
a time to live for all
x on 1
y on 1
int(9)
three servers
array(0) {
}
int(0)
int(0)
numbers as keys, and as values
int(6)
array(6) {
  [1]=>
  string(3) "one"
  [-7]=>
  string(11) "minus seven"
  ["007"]=>
  string(4) "bond"
  ["n"]=>
  string(1) "5"
  ["f"]=>
  string(3) "0.5"
  ["e"]=>
  string(0) ""
}
string(3) "one"
string(11) "minus seven"
twice the same key
array(2) {
  ["n"]=>
  string(1) "5"
  [1]=>
  string(3) "one"
}
int(1)
references, and holes
int(2)
array(2) {
  ["a"]=>
  string(1) "a"
  ["c"]=>
  string(1) "c"
}
a time to live for all
x on 1
y on 1
int(9)
with redundancy
array(0) {
}
int(0)
int(0)
numbers as keys, and as values
int(6)
array(6) {
  [1]=>
  string(3) "one"
  [-7]=>
  string(11) "minus seven"
  ["007"]=>
  string(4) "bond"
  ["n"]=>
  string(1) "5"
  ["f"]=>
  string(3) "0.5"
  ["e"]=>
  string(0) ""
}
string(3) "one"
string(11) "minus seven"
twice the same key
array(2) {
  ["n"]=>
  string(1) "5"
  [1]=>
  string(3) "one"
}
int(1)
references, and holes
int(2)
array(2) {
  ["a"]=>
  string(1) "a"
  ["c"]=>
  string(1) "c"
}
a time to live for all
x on 2
y on 2
int(9)
