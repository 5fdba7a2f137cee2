--TEST--
servers stay if code that their change ran has begun to use them
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/../helper.inc';

/*
 * An overridden close() and a destructor are the user's code. The first leaves an operation in a
 * Fiber, or an open session; the second opens a session. Under valgrind nothing that was freed is
 * used.
 */
class BeginningServer extends SharedanceServer
{
    public ?Closure $close = null;
    public ?Closure $destruct = null;

    public function send(string $command): string
    {
        Fiber::getCurrent() !== null && Fiber::suspend();
        return 'value';
    }

    public function close(): void
    {
        $this->close !== null && ($this->close)();
    }

    public function __destruct()
    {
        $this->destruct !== null && ($this->destruct)();
    }
}

function hosts(Sharedance $cache): string
{
    return implode(' ', array_column($cache->getServers(), 'host'));
}

function paired(BeginningServer $first): Sharedance
{
    $cache = new Sharedance(true);
    $cache->addServer($first);
    $cache->addServer(new BeginningServer('b'));
    return $cache;
}

$first = new BeginningServer('a');
$cache = paired($first);
$fiber = new Fiber(fn () => $cache->get('k'));
$first->close = function () use (&$first, $fiber) {
    $first = null;
    $fiber->start();
};
report(fn () => $cache->close());
while (!$fiber->isTerminated()) {
    $fiber->resume();
}
echo $fiber->getReturn(), ' of ', hosts($cache), "\n";

/* what the code throws itself, such as the end of a Fiber that is garbage, is not replaced */
$first = new BeginningServer('a');
$cache = paired($first);
$waiting = new Fiber(fn () => $cache->get('k'));
$first->close = function () use ($waiting) {
    $waiting->start();
    Fiber::suspend();
};
$closing = new Fiber(fn () => report(fn () => $cache->close()));
$closing->start();
unset($closing);
gc_collect_cycles();
echo hosts($cache), "\n";
while (!$waiting->isTerminated()) {
    $waiting->resume();
}

$first = new BeginningServer('a');
$cache = paired($first);
$session = new SharedanceSession($cache);
$first->close = fn () => $session->open('', '');
report(fn () => $cache->close());
echo hosts($cache), "\n";
$session->close();

$first->close = null;
$first->destruct = function () use ($cache, $session) {
    $cache->addServers('f');
    $session->open('', '');
};
$first = null;
report(fn () => $cache->connect(new SharedanceServer('c')));
echo hosts($cache), "\n";
$session->close();
$cache->close();
echo hosts($cache), "none\n";
?>
--EXPECT--
Error: The servers of a Sharedance object cannot be changed from within its own operation
value of a b
a b
Error: The servers of a Sharedance object cannot be changed while a session is open on them
a b
Error: The servers of a Sharedance object cannot be changed while a session is open on them
f
none
