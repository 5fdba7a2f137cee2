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
SharedanceException: Bucket rotation not allowed: redundancy needs more servers than the largest weight, which is 1, and there is 1
SharedanceException: Bucket rotation not allowed: redundancy needs more servers than the largest weight, which is 1, and there is 1
SharedanceException: Bucket rotation not allowed: redundancy needs more servers than the largest weight, which is 2, and there are 2
SharedanceException: Bucket rotation not allowed: redundancy needs more servers than the largest weight, which is 3, and there are 3
returned bool(true)
returned NULL
