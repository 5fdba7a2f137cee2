--TEST--
a classic server costs one extra connection per process and retry interval
--EXTENSIONS--
sharedance
--INI--
sharedance.retry_interval=1000
--FILE--
<?php
require __DIR__ . '/../helper.inc';

$classic = classic(new TestServer());
$count = function () use ($classic): void {
    static $seen = ['m' => 0, 'S' => 0, 'F' => 0];
    foreach ($seen as $first => $before) {
        $seen[$first] = $classic->connections($first);
        echo "  $first: ", $seen[$first] - $before;
    }
    echo "\n";
};

$cache = pool([$classic]);
$cache->set('k', 'v');
echo $cache->get('k'), "\n";
$count();
echo "no greeting after that, by no object\n";
for ($i = 0; $i < 10; $i++) {
    $other = pool([$classic]);
    $other->set("k$i", 'v');
    $cache->get('k');
}
$count();
echo "many keys at once: one greeting still\n";
$fresh = new Process(array_merge(
    [PHP_BINARY, '-n'],
    extension_options(),
    ['-r', '$c = new Sharedance(); $c->addServer(new SharedanceServer("127.0.0.1", (int) $argv[1])); echo count($c->getMulti(["k", "k0", "k1", "k2"])), " found\n";', (string) $classic->port]
));
echo $fresh->expect('/^(\d found)$/m'), "\n";
$fresh->wait();
$count();
echo "after the interval it is greeted again\n";
ini_set('sharedance.retry_interval', '0.001');
$another = classic(new TestServer());
$cache = pool([$another]);
wait_until(fn () => $cache->get('k') === false && $another->connections('m') === 3, 'three greetings');
var_dump($another->connections('F') >= 3);
?>
--EXPECT--
v
  m: 1  S: 1  F: 1
no greeting after that, by no object
  m: 0  S: 10  F: 10
many keys at once: one greeting still
4 found
  m: 1  S: 0  F: 4
after the interval it is greeted again
bool(true)
