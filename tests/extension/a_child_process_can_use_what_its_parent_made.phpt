--TEST--
a child process can use what its parent made
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
if (!function_exists('pcntl_fork')) {
    die('skip pcntl is needed to fork');
}
?>
--FILE--
<?php
require __DIR__ . '/../helper.inc';

$server = new TestServer();
$cache = new Sharedance();
/* by name: looking it up takes a thread, which the child does not have */
$cache->addServer(new SharedanceServer('localhost', $server->port));
$cache->set('parent', 'p');

$children = [];
for ($i = 0; $i < 4; $i++) {
    $child = pcntl_fork();
    if ($child === 0) {
        for ($round = 0; $round < 20; $round++) {
            $cache->set("child-$i", "c$i");
            if ($cache->get("child-$i") !== "c$i" || $cache->get('parent') !== 'p') {
                exit(1);
            }
        }
        exit(0);
    }
    $children[] = $child;
}
foreach ($children as $i => $child) {
    pcntl_waitpid($child, $status);
    echo pcntl_wexitstatus($status), ' ', $cache->get("child-$i"), "\n";
}
?>
--EXPECT--
0 c0
0 c1
0 c2
0 c3
