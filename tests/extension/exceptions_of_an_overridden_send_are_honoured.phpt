--TEST--
exceptions of an overridden send are honoured
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/../helper.inc';

class ThrowingServer extends SharedanceServer
{
    public static array $asked = [];
    public ?Throwable $throwable = null;
    public mixed $answer = '';

    #[ReturnTypeWillChange]
    public function send($command)
    {
        self::$asked[] = $this->host;
        if ($this->throwable !== null) {
            throw $this->throwable;
        }
        return $this->answer;
    }
}

function asked(callable $code): void
{
    ThrowingServer::$asked = [];
    report($code);
    echo '  asked: ', implode(' ', ThrowingServer::$asked), "\n";
}

$one = new ThrowingServer('one');
$two = new ThrowingServer('two');
$cache = new Sharedance(true);
$cache->addServer($one);
$cache->addServer($two);
$plain = new Sharedance();
$plain->addServer($one);
$key = $cache->getServer('a') === $one ? 'a' : 'b';

echo "a SharedanceException is that server's failure\n";
$one->throwable = new SharedanceException('one is asleep');
$two->answer = "OK\n";
asked(fn () => $cache->set($key, 'v'));
$two->answer = 'value';
asked(fn () => $cache->get($key));

echo "of both it is the operation's\n";
$two->throwable = new SharedanceException('two as well');
asked(fn () => $cache->set($key, 'v'));
try {
    $cache->get($key);
} catch (SharedanceException $error) {
    var_dump($error->getPrevious() === $two->throwable);
}

echo "without redundancy it is thrown as it is\n";
try {
    $plain->get('k');
} catch (SharedanceException $error) {
    var_dump($error === $one->throwable);
}

echo "any other goes through at once\n";
$one->throwable = new LogicException('a mistake');
asked(fn () => $cache->set($key, 'v'));
asked(fn () => $cache->get($key));
asked(fn () => $plain->delete('k'));

echo "an answer that is no string is a mistake too\n";
$one->throwable = null;
$one->answer = null;
asked(fn () => $plain->get('k'));

echo "of very many keys, too, what was done before makes no part of it\n";
class TiringServer extends SharedanceServer
{
    public int $left = 9000;

    public function send(string $command): string
    {
        return $this->left-- > 0 ? "OK\n" : throw new LogicException('tired');
    }
}
$tiring = new Sharedance();
$tiring->addServer($tired = new TiringServer('x'));
report(fn () => $tiring->setMulti(array_fill(0, 20000, 'v')));
echo "asked for nothing more: $tired->left\n";

echo "exit ends the script\n";
class ExitingServer extends SharedanceServer
{
    public function send(string $command): string
    {
        exit("exit\n");
    }
}
$exiting = new Sharedance();
$exiting->addServer(new ExitingServer('x'));
$exiting->get('k');
echo "not reached\n";
?>
--EXPECT--
a SharedanceException is that server's failure
returned int(1)
  asked: one two
returned string(5) "value"
  asked: one two
of both it is the operation's
SharedanceConnectionException: Failed to write data to [one:PORT] "one is asleep"; Failed to write data to [two:PORT] "two as well"
  asked: one two
bool(true)
without redundancy it is thrown as it is
bool(true)
any other goes through at once
LogicException: a mistake
  asked: one
LogicException: a mistake
  asked: one
LogicException: a mistake
  asked: one
an answer that is no string is a mistake too
TypeError: ThrowingServer::send(): Return value must be of type string, null returned
  asked: one
of very many keys, too, what was done before makes no part of it
LogicException: tired
asked for nothing more: -1
exit ends the script
exit
