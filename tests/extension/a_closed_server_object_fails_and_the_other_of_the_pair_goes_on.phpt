--TEST--
a closed server object fails and the other of the pair goes on
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

$servers = servers(2);
[$one, $two] = [$servers[0]->object(), $servers[1]->object()];
$cache = new Sharedance(true);
$cache->addServer($one);
$cache->addServer($two);
var_dump($cache->set('k', 'v'));
$one->close();
$one->close();
report(fn () => $one->send(fetch('k')));
var_dump($cache->set('k', 'w'), $cache->get('k'));
$two->close();
report(fn () => $cache->get('k'));

/* the pool's close() calls an overridden one */
class Closing extends SharedanceServer
{
    public function close(): void
    {
        echo "closing {$this->host}\n";
        parent::close();
    }
}
$pool = new Sharedance();
$pool->addServer(new Closing('a'));
$pool->addServer(new Closing('b'));
$pool->close();
$pool->close();
report(fn () => $pool->getServer('k'));
?>
--EXPECT--
int(2)
SharedanceConnectionException: Failed to connect on [127.0.0.1:PORT] "the server object is closed"
int(1)
string(1) "w"
SharedanceConnectionException: Failed to connect on [127.0.0.1:PORT] "the server object is closed"; Failed to connect on [127.0.0.1:PORT] "the server object is closed"
closing a
closing b
SharedanceException: No Servers Registered
