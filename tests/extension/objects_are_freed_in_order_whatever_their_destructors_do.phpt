--TEST--
objects are freed in order whatever their destructors do
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/../helper.inc';

/* A weak reference to an object that is being freed leads nowhere, though destructors run meanwhile. */
class Finding extends SharedanceServer
{
    public ?WeakReference $to = null;
    public static mixed $found = 'nothing was freed';

    public function __destruct()
    {
        self::$found = $this->to->get();
    }
}

class FindingPool extends Sharedance
{
    public ?WeakReference $to = null;

    public function __destruct()
    {
        Finding::$found = $this->to->get();
    }
}

class WithProperty extends SharedanceSession
{
    public mixed $property = null;
}

class FindingPoolWithProperty extends Sharedance
{
    public mixed $property = null;
}

$pool = new Sharedance();
$server = new Finding('x');
$server->to = WeakReference::create($pool);
$pool->addServer($server);
unset($server);
unset($pool);
echo 'a server of the pool: ', json_encode(Finding::$found), "\n";

Finding::$found = 'nothing was freed';
$pool = new FindingPool();
$session = new SharedanceSession($pool);
$pool->to = WeakReference::create($session);
unset($pool);
unset($session);
echo 'the pool of a session: ', json_encode(Finding::$found), "\n";

Finding::$found = 'nothing was freed';
$session = new WithProperty(new Sharedance());
$session->property = new Finding('x');
$session->property->to = WeakReference::create($session);
unset($session);
echo 'a property of a session: ', json_encode(Finding::$found), "\n";

Finding::$found = 'nothing was freed';
$pool = new FindingPoolWithProperty();
$pool->property = new Finding('x');
$pool->property->to = WeakReference::create($pool);
unset($pool);
echo 'a property of a pool: ', json_encode(Finding::$found), "\n";

echo "a session, a pool and a Fiber in a cycle, in the middle of an operation\n";
class Suspending extends SharedanceServer
{
    public mixed $all = null;

    public function send(string $command): string
    {
        Fiber::suspend();
        return '';
    }
}

/* Whether PHP collects a Fiber that waits in a method which C code has called, here that of the Fiber itself. From
 * 8.6 on it does not: such a call has a reference to its object that nobody is told of. The request's end frees it. */
class Waiting
{
    public mixed $all = null;

    public function wait(): void
    {
        Fiber::suspend();
    }
}
$waiting = new Waiting();
$waiting->all = new Fiber([$waiting, 'wait']);
$waiting->all->start();
unset($waiting);
$collects = gc_collect_cycles() > 0;
if (!$collects && PHP_VERSION_ID < 80600) {
    echo "PHP itself collects no Fiber\n";
}
foreach ([[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] as [$first, $second, $third]) {
    foreach (['get', 'read', 'read, by an older Fiber'] as $what) {
        $pool = new Sharedance();
        $pool->addServer($server = new Suspending('x'));
        $used = new stdClass();
        $older = new Fiber(fn () => $used->session->read('id'));
        $session = $used->session = new SharedanceSession($pool);
        unset($used);
        $session->open('', '');
        $fiber = match ($what) {
            'get' => new Fiber(fn () => $pool->get('k')),
            'read' => new Fiber(fn () => $session->read('id')),
            default => $older,
        };
        unset($older);
        $fiber->start();
        $all = [$pool, $session, $fiber];
        $server->all = [$all[$first], $all[$second], $all[$third]]; /* in this order they are visited */
        unset($all, $pool, $session, $fiber, $server);
        echo gc_collect_cycles() > 0 || !$collects ? "as PHP does\n" : "LEFT\n";
    }
}
echo "and at the end of the script\n";
$pool = new Sharedance();
$pool->addServer(new Suspending('x'));
$session = new SharedanceSession($pool);
$session->open('', '');
$fiber = new Fiber(fn () => $session->read('id'));
$fiber->start();
?>
--EXPECT--
a server of the pool: null
the pool of a session: null
a property of a session: null
a property of a pool: null
a session, a pool and a Fiber in a cycle, in the middle of an operation
as PHP does
as PHP does
as PHP does
as PHP does
as PHP does
as PHP does
as PHP does
as PHP does
as PHP does
as PHP does
as PHP does
as PHP does
as PHP does
as PHP does
as PHP does
as PHP does
as PHP does
as PHP does
and at the end of the script
