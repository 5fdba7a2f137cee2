--TEST--
a child has connections of its own and its parents stay as they are
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

$servers = servers(2);
$relays = array_map('relayed', $servers);
$cache = pool($relays, true);
$count = fn () => $relays[0]->connections() . ' and ' . $relays[1]->connections();
$cache->set('parent', 'p');
echo 'the parent: ', $count(), "\n";

foreach (['uses it', 'does not use it', 'closes it', 'is killed'] as $what) {
    $child = pcntl_fork();
    if ($child === 0) {
        switch ($what) {
            case 'uses it':
                $right = $cache->get('parent') === 'p' && $cache->set('child', 'c') === 2 && $cache->get('child') === 'c'
                    && $cache->getMulti(['parent', 'child']) === ['parent' => 'p', 'child' => 'c'];
                exit($right ? 0 : 1);
            case 'closes it':
                $cache->close();
                ini_set('sharedance.persistent', '0');
                exit(0);
            case 'is killed':
                exec("kill -9 " . getmypid());
        }
        exit(0);
    }
    pcntl_waitpid($child, $status);
    echo "a child that $what: ", pcntl_wifexited($status) ? pcntl_wexitstatus($status) : 'killed', ', ', $count();
    echo ', and the parent: ', $cache->get('parent'), ' ', $cache->set("key-$what", 'v'), ', ', $count(), "\n";
}

/* all at the same time: none gets another's answer */
$children = [];
for ($i = 0; $i < 4; $i++) {
    $children[$i] = pcntl_fork();
    if ($children[$i] === 0) {
        for ($round = 0; $round < 200; $round++) {
            if ($cache->set("child-$i", "c$i-$round") !== 2 || $cache->get("child-$i") !== "c$i-$round") {
                exit(1);
            }
        }
        exit(0);
    }
}
$right = 0;
for ($round = 0; $round < 200; $round++) {
    $right += $cache->set('mine', "p$round") === 2 && $cache->get('mine') === "p$round";
}
foreach ($children as $child) {
    pcntl_waitpid($child, $status);
    $right += pcntl_wexitstatus($status) === 0;
}
echo "$right of 204, ", $count(), "\n";
?>
--EXPECT--
the parent: 1 and 1
a child that uses it: 0, 2 and 2, and the parent: p 2, 2 and 2
a child that does not use it: 0, 2 and 2, and the parent: p 2, 2 and 2
a child that closes it: 0, 2 and 2, and the parent: p 2, 2 and 2
a child that is killed: killed, 2 and 2, and the parent: p 2, 2 and 2
204 of 204, 6 and 6
