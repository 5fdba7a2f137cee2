--TEST--
a time to live that one of two servers cannot keep fails before anything is written, whichever comes first
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

/* A classic server and another one; each is the first of some keys. A pool is either new, so that
 * nothing is known of the servers yet, or has asked them before. */
$real = new TestServer();
$classic = classic(new TestServer());
$servers = [$real, $classic];
$seen = ['classic first' => 0, 'classic second' => 0];
for ($i = 0; min($seen) < 2; $i++) {
    $cache = pool($servers, true);
    $key = "key$i";
    $first = $cache->getServer($key)->port === $classic->port ? 'classic first' : 'classic second';
    if ($seen[$first]++ >= 2) {
        continue;
    }
    $is_new = $seen[$first] === 1;
    foreach ($servers as $server) {
        store_by_itself($server, $key);
    }
    if (!$is_new) {
        $cache->get($key);
    }
    $failures = 0;
    foreach ([fn () => $cache->set($key, 'new', 60), fn () => $cache->touch($key, 60),
        fn () => $cache->setMulti([$key => 'new'], 60), fn () => $cache->set($key, 'new', 60)] as $write) {
        try {
            $write();
        } catch (SharedanceException $exception) {
            $failures += str_contains($exception->getMessage(), 'the classic protocol has no');
        }
    }
    $facts = [$failures === 4, $cache->get($key) === 'old', fetch_by_itself($real, $key) === 'old',
        fetch_by_itself($classic, $key) === 'old', $cache->set($key, 'new') === 2, $cache->get($key) === 'new',
        fetch_by_itself($classic, $key) === 'new'];
    $lines[] = $first . ($is_new ? ', a new pool: ' : ': ')
        . (in_array(false, $facts, true) ? 'wrong ' . json_encode($facts) : 'right');
}
sort($lines);
echo implode("\n", $lines), "\n";

function store_by_itself(TestServer|BrokenServer $server, string $key): void
{
    pool([$server])->set($key, 'old');
}

function fetch_by_itself(TestServer|BrokenServer $server, string $key): mixed
{
    return pool([$server])->get($key);
}
?>
--EXPECT--
classic first, a new pool: right
classic first: right
classic second, a new pool: right
classic second: right
