--TEST--
redundancy needs more servers than the largest weight
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/../helper.inc';

function with(int ...$weights): Sharedance
{
    $cache = new Sharedance(true);
    foreach ($weights as $i => $weight) {
        $cache->addServer(new SharedanceServer('127.0.0.1', 2000 + $i, 1, $weight));
    }
    return $cache;
}

report(fn () => count((array) with()));
report(fn () => with()->get('k'));
report(fn () => with()->getServer('k'));
report(fn () => (new Sharedance())->set('k', 'v'));
report(fn () => with(1)->set('k', 'v'));
report(fn () => with(1)->getReplica('k'));
report(fn () => with(1, 2)->get('k'));
report(fn () => with(1, 1, 3)->delete('k'));
report(fn () => (string) with(1, 1, 2)->getReplica('k') !== '');
report(fn () => with(1, 1)->connect(new SharedanceServer('h')));
?>
--EXPECT--
returned int(0)
SharedanceException: No Servers Registered
SharedanceException: No Servers Registered
SharedanceException: No Servers Registered
SharedanceException: Bucket rotation not allowed: at least two servers are needed, but there is only one
SharedanceException: Bucket rotation not allowed: at least two servers are needed, but there is only one
SharedanceException: Bucket rotation not allowed: with a weight of 2 at least 3 servers are needed, but there are only 2
SharedanceException: Bucket rotation not allowed: with a weight of 3 at least 4 servers are needed, but there are only 3
returned bool(true)
returned NULL
