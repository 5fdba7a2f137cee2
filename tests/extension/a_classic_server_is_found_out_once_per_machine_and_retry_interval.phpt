--TEST--
a classic server is found out once per machine and retry interval, by two greetings and a proof
--EXTENSIONS--
sharedance
posix
--INI--
sharedance.retry_interval=1000
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

$classic = classic(new TestServer());
$count = function () use ($classic): void {
    static $seen = ['m' => 0, 'S' => 0, 'F' => 0, 'D' => 0];
    foreach ($seen as $first => $before) {
        $seen[$first] = $classic->connections($first);
        echo "  $first: ", $seen[$first] - $before;
    }
    echo "\n";
};
$proofs = fn () => substr_count($classic->requests(), PROOF_KEY);

$cache = pool([$classic]);
$cache->set('k', 'v');
echo $cache->get('k'), "\n";
$count();
echo 'proofs: ', $proofs(), "\n";

echo "no greeting after that, by no object and no worker\n";
for ($i = 0; $i < 10; $i++) {
    $pid = pcntl_fork();
    if ($pid === 0) {
        $other = pool([$classic]);
        $other->set("k$i", 'v');
        $other->get('k');
        exit(0);
    }
    pcntl_waitpid($pid, $status);
}
$count();

echo "many keys at once: one greeting, one proof and one greeting\n";
$fresh = new Process(array_merge(
    [PHP_BINARY, '-n'],
    extension_options(),
    ['-r', '$c = new Sharedance(); $c->addServer(new SharedanceServer("127.0.0.1", (int) $argv[1])); echo count($c->getMulti(["k", "k0", "k1", "k2"])), " found\n";', (string) $classic->port]
));
echo $fresh->expect('/^(\d found)$/m'), "\n";
$fresh->wait();
$count();

echo "absent behind an old proof: proven once more, and fetched again\n";
$proofs();
usleep(1_100_000); /* a proof counts for a second: here time itself is the matter */
var_dump($cache->get('none'), $cache->delete('none') /* behind the same proof, on a fast machine */);
echo 'proven again: ', json_encode($proofs() >= 1), "\n";

echo "after the interval it is greeted again\n";
ini_set('sharedance.retry_interval', '0.001');
$another = classic(new TestServer());
$cache = pool([$another]);
wait_until(fn () => $cache->get('k') === false && $another->connections('m') >= 4, 'two more greetings');
var_dump($another->connections('F') >= 3);
?>
--EXPECT--
v
  m: 2  S: 2  F: 1  D: 0
proofs: 1
no greeting after that, by no object and no worker
  m: 0  S: 10  F: 10  D: 0
many keys at once: one greeting, one proof and one greeting
4 found
  m: 2  S: 1  F: 4  D: 0
absent behind an old proof: proven once more, and fetched again
bool(false)
bool(false)
proven again: true
after the interval it is greeted again
bool(true)
