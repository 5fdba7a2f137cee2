--TEST--
an entry is set, read and deleted
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

var_dump($cache->get('k'));
var_dump($cache->get('k', 'none'));
var_dump($cache->get('k', null));
var_dump($cache->set('k', 'first'));
var_dump($cache->get('k'));
var_dump($cache->set('k', 'second'));
var_dump($cache->get('k', 'none'));
var_dump($cache->delete('k'));
var_dump($cache->delete('k'));
var_dump($cache->get('k'));
?>
--EXPECT--
bool(false)
string(4) "none"
NULL
int(1)
string(5) "first"
int(1)
string(6) "second"
bool(true)
bool(false)
bool(false)
