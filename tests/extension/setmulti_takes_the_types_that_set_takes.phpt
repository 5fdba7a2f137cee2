--TEST--
setMulti takes the types that set takes
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

class Text
{
    public function __construct(private string $text) {}
    public function __toString(): string { return $this->text; }
}

class Failing
{
    public function __toString(): string { throw new DomainException('no text'); }
}

/* The same in a file with strict types, and in one without. */
$program = <<<'PHP'
    function store(Sharedance $cache, mixed $value): string
    {
        $results = [];
        foreach (['set' => ['k', $value], 'setMulti' => [['k' => $value]]] as $method => $arguments) {
            $cache->delete('k');
            try {
                $stored = $cache->$method(...$arguments);
                $results[] = "stored $stored " . var_export($cache->get('k'), true);
            } catch (Throwable $error) {
                $results[] = get_class($error) . ($error instanceof DomainException ? ': ' . $error->getMessage() : '');
            }
        }
        return implode(' | ', $results);
    }
    PHP;
file_put_contents(scratch() . '/weak.inc', "<?php namespace Weak; use Sharedance, Throwable, DomainException;\n$program");
file_put_contents(scratch() . '/strict.inc', "<?php declare(strict_types=1); namespace Strict; use Sharedance, Throwable, DomainException;\n$program");
require scratch() . '/weak.inc';
require scratch() . '/strict.inc';

set_error_handler(function (int $level, string $message) {
    echo $level === E_DEPRECATED && str_contains($message, 'Passing null') ? "  deprecated\n" : "  $message\n";
    return true;
});
$cache = pool(servers(1));
$reference = 'referred to';
$values = ['string' => 's', 'empty' => '', 'int' => -5, 'float' => 0.5, 'true' => true, 'false' => false, 'null' => null,
    'Stringable' => new Text('text'), 'throws' => new Failing(), 'object' => new stdClass(), 'array' => [1], 'closure' => fn () => 1];
foreach ($values as $name => $value) {
    echo "$name\n  ", Weak\store($cache, $value), "\n  ", Strict\store($cache, $value), "\n";
}

echo "an error handler that throws\n";
set_error_handler(fn () => throw new DomainException('thrown'));
report(fn () => $cache->setMulti(['before' => 'x', 'k' => null]));
restore_error_handler();
echo "one that changes the array\n";
$items = ['a' => new class { public function __toString(): string { $GLOBALS['items'] = []; return 'a'; } }, 'b' => 'b'];
report(fn () => $cache->setMulti($GLOBALS['items']));
report(fn () => $cache->getMulti(['a', 'b', 'before']));
?>
--EXPECT--
string
  stored 1 's' | stored 1 's'
  stored 1 's' | stored 1 's'
empty
  stored 1 '' | stored 1 ''
  stored 1 '' | stored 1 ''
int
  stored 1 '-5' | stored 1 '-5'
  TypeError | TypeError
float
  stored 1 '0.5' | stored 1 '0.5'
  TypeError | TypeError
true
  stored 1 '1' | stored 1 '1'
  TypeError | TypeError
false
  stored 1 '' | stored 1 ''
  TypeError | TypeError
null
    deprecated
  deprecated
stored 1 '' | stored 1 ''
  TypeError | TypeError
Stringable
  stored 1 'text' | stored 1 'text'
  TypeError | TypeError
throws
  DomainException: no text | DomainException: no text
  TypeError | TypeError
object
  TypeError | TypeError
  TypeError | TypeError
array
  TypeError | TypeError
  TypeError | TypeError
closure
  TypeError | TypeError
  TypeError | TypeError
an error handler that throws
DomainException: thrown
one that changes the array
returned int(2)
returned array(2) {
  ["a"]=>
  string(1) "a"
  ["b"]=>
  string(1) "b"
}
