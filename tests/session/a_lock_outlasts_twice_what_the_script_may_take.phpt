--TEST--
a lock outlasts twice what the script may take
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

$relay = relayed(new TestServer());
use_servers([$relay]);
foreach ([0, 1, 150, 151, 1000] as $limit) {
    set_time_limit($limit);
    visit("id-$limit");
    set_time_limit(0);
    preg_match('/^ml \S+ .*?\bT(\d+)/m', $relay->requests(), $match);
    echo $limit === 0 ? 'no limit' : "$limit s", ": $match[1] s\n";
}
?>
--EXPECT--
no limit: 3600 s
1 s: 300 s
150 s: 300 s
151 s: 302 s
1000 s: 2000 s
