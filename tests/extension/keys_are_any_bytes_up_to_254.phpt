--TEST--
keys are any bytes up to 254
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

$keys = ['a.b', 'path/key', "line\nkey", "two\r\nlines", "nul\0key", "\0", 'ünïcode', "\x7f", 'with space', "\xff\xfe",
    implode(array_map('chr', range(0, 200))), 'b', '-', 'T60', str_repeat("\n", 189), str_repeat("\n", 254),
    str_repeat('k', 250), str_repeat('k', 251), str_repeat('k', 254)];
$servers = servers(2);
foreach ([false, true] as $redundancy) {
    $cache = pool($servers, $redundancy);
    $wrong = [];
    foreach ($keys as $i => $key) {
        $value = "value of $i";
        $version = 0;
        foreach ([
            'set' => fn () => $cache->set($key, $value) === 1 + (int) $redundancy,
            'get' => fn () => $cache->get($key) === $value,
            'has' => fn () => $cache->has($key),
            'touch' => fn () => $cache->touch($key, 100),
            'getWithVersion' => fn () => $cache->getWithVersion($key)[0] === $value,
            'cas' => fn () => $cache->cas($key, '7', $cache->getWithVersion($key)[1]),
            'increment' => fn () => $cache->increment($key) === 8,
            'delete' => fn () => $cache->delete($key) && $cache->get($key, 'none') === 'none',
            'add' => fn () => $cache->add($key, $value),
            'replace' => fn () => $cache->replace($key, $value),
        ] as $what => $check) {
            try {
                $right = $check();
            } catch (Throwable $error) {
                $right = false;
                $what .= ': ' . normalize($error->getMessage());
            }
            if (!$right) {
                $wrong[] = "$what of key $i";
            }
        }
    }
    $found = $cache->getMulti($keys);
    if ($found !== array_combine($keys, array_map(fn (int $i) => "value of $i", array_keys($keys)))) {
        $wrong[] = 'getMulti';
    }
    $deleted = $cache->deleteMulti($keys);
    echo count($keys), ' keys, ', $wrong === [] ? 'all right' : implode("\n", $wrong), ", $deleted deleted\n";
}
?>
--EXPECT--
19 keys, all right, 19 deleted
19 keys, all right, 19 deleted
