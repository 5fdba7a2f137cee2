--TEST--
the settings of sessions stay while one is open
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/session.inc';

$server = new TestServer();
use_servers([$server]);
$settings = ['redundancy' => ['1', '0'], 'locking' => ['1', '0'], 'lock_wait' => ['10', '5'],
    'lock_failure' => ['fail', 'readonly'], 'prefix' => ['', 'p']];
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
    echo ini_get("sharedance.session.lock_wait"), " ";
    ini_set("sharedance.session.lock_wait", "3");
    $pool = new Sharedance();
    $pool->addServers(ini_get("session.save_path"));
    $session = new SharedanceSession($pool);
    $session->open("", "");
    echo ini_get("sharedance.session.lock_wait"), "\n";
');
echo $web->get('/'), $web->get('/');
?>
--EXPECT--
none is open
sharedance.session.redundancy: ["1","0","1"]
sharedance.session.locking: ["1","0","1"]
sharedance.session.lock_wait: ["10","5","10"]
sharedance.session.lock_failure: ["fail","readonly","fail"]
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
sharedance.session.prefix: [false,"",""]
none is open
one that PHP does not know of
Warning: ini_set(): Session ini settings cannot be changed when a session is active
bool(false)
Warning: ini_restore(): Session ini settings cannot be changed when a session is active
p
string(1) "p"
what a request changed is restored after it, though it leaves a session open
10 3
10 3
