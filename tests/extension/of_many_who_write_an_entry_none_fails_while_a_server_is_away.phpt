--TEST--
of many who write an entry at the same time none fails while one of its servers is away
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

[$a, $b] = servers(2);
$a->kill();
$failures = scratch() . '/failures';
touch($failures);
$children = [];
for ($i = 0; $i < 6; $i++) {
    $children[] = $child = pcntl_fork();
    if ($child === 0) {
        $cache = pool([$a, $b], true);
        for ($j = 0; $j < 700; $j++) {
            try {
                $cache->set('key', "of $i, the $j.");
            } catch (SharedanceException $exception) {
                file_put_contents($failures, normalize($exception->getMessage()) . "\n", FILE_APPEND);
            }
        }
        exit(0);
    }
}
foreach ($children as $child) {
    pcntl_waitpid($child, $status);
}
echo count(file($failures)), " failed\n", implode('', array_slice(file($failures), 0, 3));
?>
--EXPECT--
0 failed
