--TEST--
the classes are as documented
--EXTENSIONS--
sharedance
--FILE--
<?php
$names = ['SharedanceException', 'SharedanceConnectionException', 'SharedanceTimeoutException', 'SharedanceUnsupportedException',
    'SharedanceUnprovenException', 'SharedancePartialException', 'SharedanceServer', 'Sharedance', 'SharedanceSession'];
$declared = array_filter(get_declared_classes(), fn (string $name) => str_starts_with($name, 'Sharedance'));
var_dump(array_diff($declared, $names), array_diff($names, $declared));
foreach ($names as $name) {
    $class = new ReflectionClass($name);
    $interfaces = array_diff($class->getInterfaceNames(), ['Throwable', 'Stringable']);
    echo "class $name", $class->getParentClass() ? ' extends ' . $class->getParentClass()->name : '',
        $interfaces ? ' implements ' . implode(', ', $interfaces) : '', "\n";
    foreach ($class->getReflectionConstants() as $constant) {
        if ($constant->class === $name) {
            $value = $constant->getValue();
            $type = method_exists($constant, 'getType') ? (string) $constant->getType() : get_debug_type($value);
            echo "  const $type $constant->name = ", var_export($value, true), "\n";
        }
    }
    foreach ($class->getProperties() as $property) {
        if ($property->class !== $name) {
            continue;
        }
        /* from PHP 8.4 on readonly implies the middle one */
        $modifiers = implode(' ', array_diff(Reflection::getModifierNames($property->getModifiers()), ['protected(set)']));
        echo "  $modifiers {$property->getType()} \${$property->name}\n";
    }
    foreach ($class->getMethods() as $method) {
        if ($method->class !== $name) {
            continue;
        }
        $parameters = [];
        foreach ($method->getParameters() as $parameter) {
            $default = '';
            if ($parameter->isOptional()) {
                $default = ' = ' . ($parameter->getDefaultValueConstantName()
                    ?? json_encode($parameter->getDefaultValue()));
            }
            $sensitive = array_column(array_map(fn ($one) => ['name' => $one->getName()], $parameter->getAttributes()), 'name');
            $parameters[] = ($sensitive ? '#[' . implode(', ', $sensitive) . '] ' : '') . "{$parameter->getType()} \${$parameter->name}$default";
        }
        $type = $method->getReturnType() ?? $method->getTentativeReturnType();
        $attributes = array_map(fn ($one) => '#[' . $one->getName() . '] ', $method->getAttributes());
        echo '  ', implode($attributes), "$method->name(", implode(', ', $parameters), ')', $type ? ": $type" : '',
            $method->hasTentativeReturnType() ? ' (tentative)' : '', "\n";
    }
}
var_dump(new SharedanceServer('::1', 7, 0.5, 3));
$pool = new Sharedance(true);
$pool->addServers('[::1]:8');
var_dump($pool);
?>
--EXPECTF--
array(0) {
}
array(0) {
}
class SharedanceException extends RuntimeException
  const int REFUSED = 1
  const int BAD_ANSWER = 2
  const int CLOSED = 3
  const int TIMEOUT = 4
  const int UNREACHABLE = 5
  const int DEAD = 6
  const int UNSUPPORTED = 7
  const int NO_SERVERS = 8
  const int NO_ROTATION = 9
  const int NO_MEMORY = 10
  const int UNPROVEN = 11
  const int AMBIGUOUS = 12
  const int NO_INTEGER = 13
class SharedanceConnectionException extends SharedanceException
  private ?string $server
  getServer(): ?string
class SharedanceTimeoutException extends SharedanceException
class SharedanceUnsupportedException extends SharedanceException
class SharedanceUnprovenException extends SharedanceException
class SharedancePartialException extends SharedanceException
  public readonly array|int $partial
  public readonly array $failed
class SharedanceServer
  const int DEFAULT_PORT = 1042
  const float DEFAULT_TIMEOUT = 10.0
  const int DEFAULT_WEIGHT = 1
  public readonly string $host
  public readonly int $port
  public readonly float $timeout
  public readonly int $weight
  public readonly ?string $protocol
  __construct(#[SensitiveParameter] string $host, int $port = SharedanceServer::DEFAULT_PORT, float $timeout = SharedanceServer::DEFAULT_TIMEOUT, int $weight = SharedanceServer::DEFAULT_WEIGHT, ?string $protocol = null)
  send(#[SensitiveParameter] string $command): string (tentative)
  close(): void
  __toString(): string
class Sharedance
  const int ROTATE_FORWARDS = 1
  const int ROTATE_BACKWARDS = 2
  const int STATS_ALL = 1
  const int STATS_PROCESS = 2
  __construct(bool $redundancy = false)
  addServer(SharedanceServer $server): void
  addServers(#[SensitiveParameter] string $list): void
  connect(SharedanceServer $server): void
  close(): void
  get(#[SensitiveParameter] string $key, #[SensitiveParameter] mixed $default = false): mixed
  set(#[SensitiveParameter] string $key, #[SensitiveParameter] string $data, int $ttl = 0): int
  delete(#[SensitiveParameter] string $key): bool
  has(#[SensitiveParameter] string $key): bool
  touch(#[SensitiveParameter] string $key, int $ttl): bool
  #[NoDiscard] add(#[SensitiveParameter] string $key, #[SensitiveParameter] string $data, int $ttl = 0): bool
  #[NoDiscard] replace(#[SensitiveParameter] string $key, #[SensitiveParameter] string $data, int $ttl = 0): bool
  increment(#[SensitiveParameter] string $key, int $by = 1): int|false
  decrement(#[SensitiveParameter] string $key, int $by = 1): int|false
  getWithVersion(#[SensitiveParameter] string $key): ?array
  #[NoDiscard] cas(#[SensitiveParameter] string $key, #[SensitiveParameter] string $data, string|int $version, int $ttl = 0): bool
  getMulti(#[SensitiveParameter] array $keys): array
  #[NoDiscard] setMulti(#[SensitiveParameter] array $items, int $ttl = 0): int
  deleteMulti(#[SensitiveParameter] array $keys): int
  getServer(#[SensitiveParameter] string $key): SharedanceServer
  getReplica(#[SensitiveParameter] string $key): ?SharedanceServer
  getServers(): array
  getStats(int $scope = Sharedance::STATS_ALL): array
  ping(): array
class SharedanceSession implements SessionHandlerInterface, SessionIdInterface, SessionUpdateTimestampHandlerInterface
  __construct(Sharedance $cache)
  open(#[SensitiveParameter] string $path, string $name): bool
  close(): bool
  read(#[SensitiveParameter] string $id): string|false
  write(#[SensitiveParameter] string $id, #[SensitiveParameter] string $data): bool
  destroy(#[SensitiveParameter] string $id): bool
  gc(int $max_lifetime): int|false
  create_sid(): string
  validateId(#[SensitiveParameter] string $id): bool
  updateTimestamp(#[SensitiveParameter] string $id, #[SensitiveParameter] string $data): bool
object(SharedanceServer)#%d (5) {
  ["host"]=>
  string(3) "::1"
  ["port"]=>
  int(7)
  ["timeout"]=>
  float(0.5)
  ["weight"]=>
  int(3)
  ["protocol"]=>
  NULL
}
object(Sharedance)#%d (2) {
  ["redundancy"]=>
  bool(true)
  ["servers"]=>
  array(1) {
    [0]=>
    object(SharedanceServer)#%d (5) {
      ["host"]=>
      string(3) "::1"
      ["port"]=>
      int(8)
      ["timeout"]=>
      float(10)
      ["weight"]=>
      int(1)
      ["protocol"]=>
      NULL
    }
  }
}
