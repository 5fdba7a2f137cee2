--TEST--
the settings of sessions stay while one is open
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

$server = new TestServer();
use_servers([$server]);
$settings = ['redundancy' => ['1', '0'], 'locking' => ['1', '0'], 'lock_wait' => ['10', '5'],
    'lock_failure' => ['fail', 'readonly'], 'read_prolongs' => ['0', '1'], 'prefix' => ['', 'p']];
function try_all(array $settings): void
{
    foreach ($settings as $name => [$default, $other]) {
        $name = "sharedance.session.$name";
        $before = ini_set($name, $other);
        $meanwhile = ini_get($name);
        ini_restore($name);
        echo "$name: ", json_encode([$before, $meanwhile, ini_get($name)]), "\n";
    }
}
echo "none is open\n";
try_all($settings);
echo "PHP's is open\n";
start('id');
try_all($settings);
session_reset();
$_SESSION['n'] = 1;
session_write_close();
echo "none is open\n";
ini_set('sharedance.session.prefix', 'p');
echo "one that PHP does not know of\n";
$session = new SharedanceSession(pool([$server]));
$session->open('', '');
var_dump(ini_set('sharedance.session.prefix', 'q'));
ini_restore('sharedance.session.prefix');
echo ini_get('sharedance.session.prefix'), "\n";
unset($session);
var_dump(ini_set('sharedance.session.prefix', 'q'));
echo "what a request changed is restored after it, though it leaves a session open\n";
require __DIR__ . '/web.inc';
$web = new Web([$server], '
    class Handler extends SessionHandler {}
    class Exits { function __serialize(): array { exit; } }
    $before = ini_get("sharedance.session.locking");
    if (isset($_GET["changes"])) {
        ini_set("sharedance.session.locking", "0");
        session_set_save_handler(new Handler(), true);
    }
    session_id("web");
    session_start();
    $_SESSION["it"] = isset($_GET["changes"]) ? new Exits() : 1;
    $socket = stream_socket_client("tcp://127.0.0.1:$_GET[port]");
    fwrite($socket, "ml web W0\r\nmu web\r\n");
    echo "$before ", ini_get("sharedance.session.locking"), fgets($socket) === "HD\r\n" ? " free" : " locked", "\n";
', ['session.use_cookies' => '0', 'session.cache_limiter' => '']);
echo $web->get("/?port=$server->port&changes"), $web->get("/?port=$server->port");
?>
--EXPECT--
none is open
sharedance.session.redundancy: ["1","0","1"]
sharedance.session.locking: ["1","0","1"]
sharedance.session.lock_wait: ["10","5","10"]
sharedance.session.lock_failure: ["fail","readonly","fail"]
sharedance.session.read_prolongs: ["0","1","0"]
sharedance.session.prefix: ["","p",""]
PHP's is open
Warning: ini_set(): Session ini settings cannot be changed when a session is active
Warning: ini_restore(): Session ini settings cannot be changed when a session is active
sharedance.session.redundancy: [false,"1","1"]
Warning: ini_set(): Session ini settings cannot be changed when a session is active
Warning: ini_restore(): Session ini settings cannot be changed when a session is active
sharedance.session.locking: [false,"1","1"]
Warning: ini_set(): Session ini settings cannot be changed when a session is active
Warning: ini_restore(): Session ini settings cannot be changed when a session is active
sharedance.session.lock_wait: [false,"10","10"]
Warning: ini_set(): Session ini settings cannot be changed when a session is active
Warning: ini_restore(): Session ini settings cannot be changed when a session is active
sharedance.session.lock_failure: [false,"fail","fail"]
Warning: ini_set(): Session ini settings cannot be changed when a session is active
Warning: ini_restore(): Session ini settings cannot be changed when a session is active
sharedance.session.read_prolongs: [false,"0","0"]
Warning: ini_set(): Session ini settings cannot be changed when a session is active
Warning: ini_restore(): Session ini settings cannot be changed when a session is active
sharedance.session.prefix: [false,"",""]
none is open
one that PHP does not know of
Warning: ini_set(): Session ini settings cannot be changed when a session is active
bool(false)
Warning: ini_restore(): Session ini settings cannot be changed when a session is active
p
string(1) "p"
what a request changed is restored after it, though it leaves a session open
1 0 free
1 1 locked
