--TEST--
validateId() of another id warns in an outage: that nobody can be asked is not that there is none
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require __DIR__ . '/session.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/session.inc';

/* The open session is on the server that stays, and the other ids are on the one that dies. */
$servers = servers(2);
$cache = pool($servers);
$all = array_map(fn (int $i): string => "id$i", range(1, 50));
$here = array_values(array_filter($all, fn (string $id): bool => $cache->getServer($id)->port === $servers[0]->port));
$away = array_values(array_filter($all, fn (string $id): bool => $cache->getServer($id)->port === $servers[1]->port));

$handler = new SharedanceSession($cache);
$handler->open('', '');
$handler->read($here[0]);
do {
    $mine = $handler->create_sid();
} while ($cache->getServer($mine)->port !== $servers[1]->port);

function tells(SharedanceSession $handler, string $id): void
{
    var_dump($handler->validateId($id));
}
echo "all are up\n";
tells($handler, $away[0]);
$cache->set($away[1], 'there');
tells($handler, $away[1]);
$servers[1]->kill();
echo "one is away\n";
tells($handler, $away[0]);
tells($handler, $away[1]);
tells($handler, $here[1]);
echo "an id that was drawn in this request\n";
tells($handler, $mine);
echo "an id that is too long, or no id\n";
tells($handler, str_repeat('a', 256));
tells($handler, 'no id');
?>
--EXPECT--
all are up
bool(false)
bool(true)
one is away
Warning: SharedanceSession::validateId(): Sharedance cannot tell whether there is a session of another id: Failed to connect on [127.0.0.1:PORT] 'Connection refused'
bool(false)
Warning: SharedanceSession::validateId(): Sharedance cannot tell whether there is a session of another id: Failed to connect on [127.0.0.1:PORT] 'Connection refused'
bool(false)
bool(false)
an id that was drawn in this request
bool(false)
an id that is too long, or no id
bool(false)
bool(false)
