--TEST--
an entry has a time to live of its own
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

$servers = [new TestServer(['--expiration=900']), new TestServer(['--expiration=900'])];
$month = 30 * 24 * 3600;
foreach ([false, true] as $redundancy) {
    $cache = pool($redundancy ? $servers : [$servers[0]], $redundancy);
    $holders = $redundancy ? $servers : [$servers[0]];
    /* memcached's protocol takes what is longer than a month as a date: nobody has to know */
    foreach ([0 => 900, 30 => 30, $month => $month, $month + 1 => $month + 1, 10 * $month => 10 * $month] as $ttl => $life) {
        $cache->set('k', 'v', $ttl);
        $right = count(array_filter($holders, fn ($server) => lives($server, 'k', $life)));
        echo "$ttl: on $right of ", count($holders), "\n";
    }
    echo 'for ten years: ', $cache->set('k', 'v', 3653 * 86400), ', ';
    var_dump(lives($servers[0], 'k', 3653 * 86400));
    $cache->set('k', 'v', 1000);
    $cache->set('k', 'w');
    var_dump(lives($servers[0], 'k', 900));
    $cache->set('short', 'v', 1);
    wait_until(fn () => $cache->get('short') === false, 'the end of an entry');
    var_dump($cache->has('short'), $cache->getMulti(['short']), $cache->add('short', 'again'));
    $cache->delete('short');
}
?>
--EXPECT--
0: on 1 of 1
30: on 1 of 1
2592000: on 1 of 1
2592001: on 1 of 1
25920000: on 1 of 1
for ten years: 1, bool(true)
bool(true)
bool(false)
array(0) {
}
bool(true)
0: on 2 of 2
30: on 2 of 2
2592000: on 2 of 2
2592001: on 2 of 2
25920000: on 2 of 2
for ten years: 2, bool(true)
bool(true)
bool(false)
array(0) {
}
bool(true)
