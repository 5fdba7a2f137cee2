--TEST--
who drops the result of a conditional write is told
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
if (PHP_VERSION_ID < 80500) {
    die('skip PHP knows #[NoDiscard] from 8.5 on');
}
?>
--FILE--
<?php
require __DIR__ . '/../helper.inc';

set_error_handler(function (int $level, string $message) {
    echo preg_replace('/^.*(Sharedance::\w+\(\)).*$/', '$1', $message), "\n";
    return true;
});
$cache = pool(servers(1));
$cache->set('k', 'v');
$cache->add('k', 'v');
$cache->replace('k', 'v');
$cache->cas('k', 'v', 1);
$cache->setMulti(['k' => 'v']);
$cache->getMulti(['k']);
(void) $cache->add('k', 'v');
var_dump($cache->replace('k', 'w'));
?>
--EXPECT--
Sharedance::add()
Sharedance::replace()
Sharedance::cas()
Sharedance::setMulti()
bool(true)
