--TEST--
the memory limit in a session leaves it as it was and free
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
if (getenv('USE_ZEND_ALLOC') === '0') {
    die('skip without its own allocator, as under valgrind, PHP has no memory limit');
}
?>
--FILE--
<?php
require __DIR__ . '/web.inc';

$server = new TestServer();
$web = new Web([$server], '
    if (isset($_GET["big"])) {
        ini_set("memory_limit", "4M");
    }
    session_start();
    if (isset($_GET["fill"])) {
        $_SESSION["value"] = str_repeat("x", 5 << 20);
    }
    echo getmypid(), " ", strlen($_SESSION["value"] ?? "");
', ['sharedance.session.lock_wait' => '0']);
$web->get('/?fill');
$id = $web->cookie();
[$process, $length] = explode(' ', $web->get('/', $id));
echo $length, "\n";
echo str_contains($web->get('/?big', $id), 'Allowed memory size') ? "the memory limit\n" : "NO MEMORY LIMIT\n";
var_dump(is_free($server, $id), $web->get('/', $id) === "$process $length");
echo "and where nothing but the write does not fit\n";
$web = new Web([$server], '
    session_start();
    if (isset($_GET["big"])) {
        $_SESSION["n"] = 1;
        ini_set("memory_limit", "4M");
        $big = str_repeat("x", 64 << 20);
    }
    echo json_encode($_SESSION);
');
$web->get('/');
$id = $web->cookie();
echo str_contains($web->get('/?big', $id), 'Allowed memory size') ? "the memory limit\n" : "NO MEMORY LIMIT\n";
var_dump(is_free($server, $id));
echo $web->get('/', $id), "\n";
?>
--EXPECT--
5242880
the memory limit
bool(true)
bool(true)
and where nothing but the write does not fit
the memory limit
bool(true)
{"n":1}
