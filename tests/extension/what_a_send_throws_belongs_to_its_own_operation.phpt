--TEST--
what a send throws belongs to its own operation
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/../helper.inc';

class Throwing extends SharedanceServer
{
    public ?Closure $first = null;
    public int $count = 0;

    public function send(string $command): string
    {
        $first = $this->first;
        $this->first = null;
        if ($first !== null) {
            $first();
        }
        throw new SharedanceException($this->host . ' ' . ++$this->count);
    }
}

/* What an operation threw, with all that led to it. */
function thrown(callable $operation): string
{
    try {
        $operation();
        return 'nothing';
    } catch (SharedanceException $exception) {
        $messages = [];
        for (; $exception !== null; $exception = $exception->getPrevious()) {
            $messages[] = normalize($exception->getMessage());
        }
        return implode(' <- ', $messages);
    }
}

echo "nested\n";
$server = new Throwing('x');
$pool = new Sharedance();
$pool->addServer($server);
$server->first = fn () => print('inner: ' . thrown(fn () => $pool->get('k')) . "\n");
echo 'outer: ' . thrown(fn () => $pool->get('k')) . "\n";
$other = new Sharedance();
$quiet = new class ('quiet') extends SharedanceServer {
    public ?Closure $first = null;
    public function send(string $command): string
    {
        ($this->first)();
        return '';
    }
};
$other->addServer($quiet);
$quiet->first = fn () => print('inner: ' . thrown(fn () => $pool->get('k')) . "\n");
echo 'outer: ' . thrown(fn () => $other->get('k')) . "\n";

echo "a pool of two, of which one has failed when the other one's send() asks\n";
$one = new Throwing('one');
$two = new Throwing('two');
$both = new Sharedance(true);
$both->addServer($one);
$both->addServer($two);
$last = $both->getServer('k') === $one ? $two : $one;
$last->first = fn () => print('inner: ' . thrown(fn () => $pool->get('k')) . "\n");
$result = thrown(fn () => $both->get('k'));
echo 'outer: ', str_contains($result, "<- {$last->host} 1") && substr_count($result, '<-') === 1 ? 'the last one' : $result, "\n";

echo "and if that one fails before it sends anything\n";
$last->first = fn () => print('inner: ' . thrown(fn () => $pool->has('k')) . "\n");
thrown(fn () => $both->get('k'));

echo "Fibers\n";
class Suspending extends SharedanceServer
{
    public function send(string $command): string
    {
        Fiber::suspend();
        throw new SharedanceException("$this->host");
    }
}
function fiber(string $name): Fiber
{
    $pool = new Sharedance();
    $pool->addServer(new Suspending($name));
    $fiber = new Fiber(fn () => print("$name: " . thrown(fn () => $pool->getMulti(['a'])) . ', '
        . thrown(fn () => $pool->getMulti(['a'])) . "\n"));
    $fiber->start();
    return $fiber;
}
foreach ([[0, 1, 0, 1], [0, 1, 1, 0], [1, 0, 1, 0], [1, 1, 0, 0], [0, 0, 1, 1]] as $order) {
    $fibers = [fiber('f0'), fiber('f1')];
    foreach ($order as $which) {
        $fibers[$which]->resume();
    }
}
echo "one that is left half done\n";
$fiber = fiber('left');
$fiber->resume();
unset($fiber);
gc_collect_cycles();
echo thrown(fn () => $pool->get('k')), "\n";

echo "nothing is left over\n";
$server->first = null;
foreach (['getMulti' => fn () => $pool->getMulti(['a', 'b', 'c']), 'two' => fn () => $both->getMulti(['a', 'b', 'c'])] as $name => $operation) {
    thrown($operation);
    $before = memory_get_usage();
    for ($i = 0; $i < 100; $i++) {
        thrown($operation);
    }
    $grown = memory_get_usage() - $before;
    echo $name, ': ', $grown < 1000 ? 'nothing' : "$grown bytes", "\n";
}
echo "a send() may return by reference\n";
class ByReference extends SharedanceServer
{
    public string $answer = 'value';
    #[ReturnTypeWillChange]
    public function &send($command)
    {
        return $this->answer;
    }
}
$pool = new Sharedance();
$pool->addServer($server = new ByReference('x'));
echo $pool->get('k'), ' ', $server->answer, "\n";
?>
--EXPECT--
nested
inner: x 1
outer: x 2
inner: x 3
outer: nothing
a pool of two, of which one has failed when the other one's send() asks
inner: x 4
outer: the last one
and if that one fails before it sends anything
inner: Failed to send command to [x:PORT] "the classic protocol has no way to look at an entry without fetching it"
Fibers
f0: f0, f0
f1: f1, f1
f1: f1, f1
f0: f0, f0
f1: f1, f1
f0: f0, f0
f1: f1, f1
f0: f0, f0
f0: f0, f0
f1: f1, f1
one that is left half done
x 5
nothing is left over
getMulti: nothing
two: nothing
a send() may return by reference
value value
