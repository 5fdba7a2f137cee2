--TEST--
an operation takes no longer than sharedance.timeout
--EXTENSIONS--
sharedance
--INI--
sharedance.timeout=0.4
--FILE--
<?php
require __DIR__ . '/../helper.inc';

/* Servers whose own timeout is a hundred seconds: any of these that waited for it would show. */
$silent = [new BrokenServer('silent'), new BrokenServer('silent')];
$alone = new Sharedance();
$alone->addServer($silent[0]->object(100));
$pair = new Sharedance(true);
$pair->addServer($silent[0]->object(100));
$pair->addServer($silent[1]->object(100));
foreach (['alone' => $alone, 'a pair' => $pair] as $name => $cache) {
    $begin = hrtime(true);
    $failed = 0;
    foreach ([
        fn () => $cache->get('k'),
        fn () => $cache->set('k', 'v'),
        fn () => $cache->delete('k'),
        fn () => $cache->has('k'),
        fn () => $cache->touch('k', 60),
        fn () => $cache->add('k', 'v'),
        fn () => $cache->increment('k'),
        fn () => $cache->getMulti(['a', 'b', 'c', 'd']),
        fn () => $cache->setMulti(['a' => '1', 'b' => '2']),
    ] as $operation) {
        try {
            $operation();
        } catch (SharedanceException $exception) {
            $failed += str_contains($exception->getMessage(), 'no complete answer within');
        }
    }
    echo "$name: $failed failed, ", (hrtime(true) - $begin) / 1e9 < 60 ? 'in time' : 'too late', "\n";
}
foreach (['0', '-1', 'nan', '1e99', ''] as $bad) {
    var_dump(@ini_set('sharedance.timeout', $bad));
}
echo error_get_last()['message'], "\n";
?>
--EXPECT--
alone: 9 failed, in time
a pair: 9 failed, in time
bool(false)
bool(false)
bool(false)
bool(false)
bool(false)
sharedance.timeout must be greater than 0 and at most 1000000 seconds, '' given
