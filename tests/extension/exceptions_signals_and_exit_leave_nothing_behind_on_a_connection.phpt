--TEST--
exceptions signals and exit leave nothing behind on a connection
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
if (!function_exists('pcntl_fork')) {
    die('skip pcntl is needed for signals');
}
?>
--FILE--
<?php
require __DIR__ . '/../helper.inc';

class OwnServer extends SharedanceServer
{
    public $code;

    public function send(string $command): string
    {
        return ($this->code)();
    }
}

register_shutdown_function(function () use (&$plain, &$relay) {
    var_dump($plain->get('b'), $plain->get('a') === str_repeat('a', 50000), $relay->connections());
});
$server = new TestServer();
$relay = relayed($server);
$own = new OwnServer('own');
$cache = new Sharedance(true);
$cache->addServer($relay->object());
$cache->addServer($own);
$plain = pool([$relay]);
$ignored = $plain->setMulti(['a' => str_repeat('a', 50000), 'b' => 'b']);

echo "an exception in the other server's send()\n";
$own->code = fn () => throw new LogicException('a mistake');
foreach (['a', 'b'] as $key) { /* each is the first of one of them */
    report(fn () => $cache->get($key));
    report(fn () => $cache->set("other-$key", 'v'));
    echo $plain->get('b'), "\n";
}

echo "an operation within an operation\n";
$own->code = function () use ($plain) {
    $plain->getMulti(['a', 'b']);
    return $plain->get('b');
};
var_dump($cache->get('none-a'), $cache->get('none-b'), $plain->get('b'), $relay->connections());

echo "a signal while an answer is under way\n";
$hold = scratch() . '/hold';
$slow = relayed($server, 'holds', $hold, '1000');
$cache = pool([$slow], false, 60);
$cache->has('a');
pcntl_async_signals(true);
pcntl_signal(SIGUSR1, function () { /* which of those that are pending come after that depends on PHP */
    static $has_thrown = false;
    if (!$has_thrown) {
        $has_thrown = true;
        throw new RuntimeException('from the signal');
    }
});
touch($hold);
$slow->requests(); /* those so far are not what the child waits for */
$parent = getmypid();
$child = pcntl_fork();
if ($child === 0) {
    /* when the request is there, the parent waits for the answer */
    wait_until(fn () => str_contains($slow->requests(), 'mg a '), 'the request');
    for ($i = 0; $i < 5; $i++) {
        exec("kill -USR1 $parent");
    }
    unlink($hold);
    exec("kill -9 " . getmypid());
}
try {
    $cache->getMulti(['a', 'none']);
    echo "not reached\n";
} catch (RuntimeException $error) {
    echo get_class($error), ': ', $error->getMessage(), "\n";
}
pcntl_signal(SIGUSR1, SIG_IGN);
pcntl_waitpid($child, $status);
var_dump($cache->get('b'), $slow->connections());

echo "exit within a send(), and on in the shutdown function\n";
$own->code = fn () => exit("exit\n");
$both = new Sharedance(true);
$both->addServer($own);
$both->addServer($relay->object());
$both->get('a');
$both->get('b');
echo "not reached\n";
?>
--EXPECT--
an exception in the other server's send()
LogicException: a mistake
LogicException: a mistake
b
returned string(1) "b"
LogicException: a mistake
b
an operation within an operation
string(1) "b"
string(1) "b"
string(1) "b"
int(1)
a signal while an answer is under way
RuntimeException: from the signal
string(1) "b"
int(1)
exit within a send(), and on in the shutdown function
exit
string(1) "b"
bool(true)
int(1)
