--TEST--
a server is not added twice
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/../helper.inc';

$cache = new Sharedance(true);
$cache->addServer(new SharedanceServer('web1', 1042));
$cache->addServer(new SharedanceServer('web1', 1043));
$cache->addServer(new SharedanceServer('unix:/run/a'));
report(fn () => $cache->addServer(new SharedanceServer('web1')));
report(fn () => $cache->addServer(new SharedanceServer('WEB1', 1043, 5, 3)));
report(fn () => $cache->addServer(new SharedanceServer('unix:/run/a', 7)));
report(fn () => $cache->addServer($cache->getServer('k')));
/* another object may have it */
report(fn () => (new Sharedance())->addServer($cache->getServer('k')));
?>
--EXPECT--
ValueError: Sharedance::addServer(): Argument #1 ($server) must not be added twice, [web1:PORT] is there already
ValueError: Sharedance::addServer(): Argument #1 ($server) must not be added twice, [WEB1:PORT] is there already
ValueError: Sharedance::addServer(): Argument #1 ($server) must not be added twice, [unix:/run/a] is there already
ValueError: Sharedance::addServer(): Argument #1 ($server) must not be added twice, [unix:/run/a] is there already
returned NULL
