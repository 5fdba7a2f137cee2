--TEST--
a site changes over from upstreams handler and keeps its sessions
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/session.inc';

/* What upstream's PHP handler does on a classic server: the id is the key, and the value is what PHP
 * makes of the session, by php_serialize; before it was a class, by what php.ini says. */
function upstream(BrokenServer $server, string $request): string
{
    $socket = stream_socket_client("tcp://127.0.0.1:$server->port");
    fwrite($socket, $request);
    return stream_get_contents($socket);
}

$server = new TestServer();
$classic = classic($server);
$old = ['test' => 41, 'user' => 'anna'];
echo upstream($classic, store('id', serialize($old)));
use_servers([$classic]);
ini_set('session.serialize_handler', 'php_serialize');
ini_set('session.use_strict_mode', '1');
var_dump(visit('id', function () {
    $_SESSION['test']++;
    return $_SESSION;
}));
echo "and back\n", upstream($classic, fetch('id')), "\n";
echo "and on to the bundled server, by the meta protocol\n";
use_servers([$server]);
var_dump(visit('id')['test']);

echo "from the handler before that\n";
echo upstream($classic, store('older', 'test|i:41;user|s:4:"anna";'));
use_servers([$classic]);
ini_set('session.serialize_handler', 'php');
visit('older', fn () => $_SESSION['test']++);
echo upstream($classic, fetch('older')), "\n";
?>
--EXPECT--
OK
array(2) {
  ["test"]=>
  int(42)
  ["user"]=>
  string(4) "anna"
}
and back
a:2:{s:4:"test";i:42;s:4:"user";s:4:"anna";}
and on to the bundled server, by the meta protocol
int(42)
from the handler before that
OK
test|i:42;user|s:4:"anna";
