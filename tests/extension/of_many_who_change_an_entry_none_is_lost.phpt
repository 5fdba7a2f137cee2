--TEST--
of many who change an entry none is lost
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

$code = <<<'PHP'
    $cache = new Sharedance((bool) $argv[1]);
    $cache->addServers($argv[2]);
    $added = 0;
    for ($i = 0; $i < 100; $i++) {
        $cache->increment('n');
        do {
            [$value, $version] = $cache->getWithVersion('list');
        } while (!$cache->cas('list', $value . 'x', $version));
        $added += (int) $cache->add("key-$i", 'v');
    }
    echo "added $added\n";
    PHP;
$servers = servers(2);
$list = implode(', ', array_map(fn ($server) => (string) $server->object(), $servers));
foreach ([0, 1] as $redundancy) {
    $cache = pool($servers, (bool) $redundancy);
    $cache->deleteMulti(array_map(fn (int $i) => "key-$i", range(0, 99)));
    $cache->set('n', '0');
    $cache->set('list', '');
    $workers = array_map(fn () => new Process(
        array_merge([PHP_BINARY, '-n'], extension_options(), ['-r', $code, (string) $redundancy, strtr($list, ['[' => '', ']' => ''])])
    ), range(1, 4));
    $added = 0;
    foreach ($workers as $worker) {
        $added += (int) $worker->expect('/^added (\d+)$/m');
    }
    echo $cache->get('n'), ' ', strlen($cache->get('list')), ' ', $added, "\n";
}
foreach ($servers as $server) {
    $alone = pool([$server]);
    echo 'on each of the two: ', $alone->get('n'), ' ', strlen($alone->get('list')), "\n";
}
?>
--EXPECT--
400 400 100
400 400 100
on each of the two: 400 400
on each of the two: 400 400
