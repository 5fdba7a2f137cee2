--TEST--
a silent server leaves a call on very many keys its time
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

/* So many keys are asked for in parts. What is on the server that answers is there, whichever part it is in. */
const SECONDS = 6;
ini_set('sharedance.retry_interval', '60');
ini_set('sharedance.timeout', (string) SECONDS);
ini_set('sharedance.connect_timeout', (string) SECONDS);
$up = servers(1)[0];
$silent = new BrokenServer('silent');
$pool = fn () => pool([$up, $silent], false, SECONDS);
$cache = $pool();
$keys = array_map(fn (int $i) => "key-$i", range(1, 30000));
$here = array_values(array_filter($keys, fn (string $key) => $cache->getServer($key)->port === $up->port));
$lost = array_values(array_diff($keys, $here));

function try_call(callable $call, array $lost, mixed $right): void
{
    $began = microtime(true);
    try {
        $call();
        echo "DONE\n";
    } catch (SharedancePartialException $error) {
        var_dump(get_class($error->getPrevious()), $error->failed === $lost, $error->partial === $right);
    }
    $took = microtime(true) - $began;
    echo $took < 1.5 * SECONDS ? 'in time' : sprintf('TOOK %.1f s', $took), "\n";
}

try_call(fn () => $cache->setMulti(array_combine($keys, $keys)), $lost, count($here));
echo "by then it is marked dead\n";
try_call(fn () => $cache->getMulti($keys), $lost, array_combine($here, $here));

echo "without marks all parts together take no longer than one\n";
ini_set('sharedance.retry_interval', '0');
$alone = pool([new BrokenServer('silent')], false, SECONDS);
$began = microtime(true);
try {
    $alone->getMulti($keys);
    echo "DONE\n";
} catch (SharedanceTimeoutException) {
    $took = microtime(true) - $began;
    echo $took < 1.5 * SECONDS ? 'in time' : sprintf('TOOK %.1f s', $took), "\n";
}
?>
--EXPECT--
string(26) "SharedanceTimeoutException"
bool(true)
bool(true)
in time
by then it is marked dead
string(29) "SharedanceConnectionException"
bool(true)
bool(true)
in time
without marks all parts together take no longer than one
in time
