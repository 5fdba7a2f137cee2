--TEST--
the classes are as documented
--EXTENSIONS--
sharedance
--FILE--
<?php
foreach (['SharedanceException', 'SharedanceServer', 'Sharedance'] as $name) {
    $class = new ReflectionClass($name);
    echo "class $name", $class->getParentClass() ? ' extends ' . $class->getParentClass()->name : '', "\n";
    if ($name === 'SharedanceException') {
        echo '  ', $class->getProperty('partial'); /* the rest is RuntimeException's */
        continue;
    }
    foreach ($class->getConstants() as $constant => $value) {
        echo "  const $constant = $value\n";
    }
    foreach ($class->getProperties() as $property) {
        $modifiers = implode(' ', Reflection::getModifierNames($property->getModifiers()));
        echo "  $modifiers {$property->getType()} \${$property->name}\n";
    }
    foreach ($class->getMethods() as $method) {
        $parameters = [];
        foreach ($method->getParameters() as $parameter) {
            $default = '';
            if ($parameter->isOptional()) {
                $default = ' = ' . ($parameter->getDefaultValueConstantName()
                    ?? json_encode($parameter->getDefaultValue()));
            }
            $parameters[] = "{$parameter->getType()} \${$parameter->name}$default";
        }
        $type = $method->getReturnType() ?? $method->getTentativeReturnType();
        echo "  $method->name(", implode(', ', $parameters), ')', $type ? ": $type" : '', "\n";
    }
}
var_dump(new SharedanceServer('::1', 7, 0.5, 3));
$pool = new Sharedance(true);
$pool->addServers('[::1]:8');
var_dump($pool);
?>
--EXPECTF--
class SharedanceException extends RuntimeException
  Property [ public mixed $partial = NULL ]
class SharedanceServer
  const DEFAULT_PORT = 1042
  const DEFAULT_TIMEOUT = 10
  const DEFAULT_WEIGHT = 1
  public readonly string $host
  public readonly int $port
  public readonly float $timeout
  public readonly int $weight
  public readonly ?string $protocol
  __construct(string $host, int $port = SharedanceServer::DEFAULT_PORT, float $timeout = SharedanceServer::DEFAULT_TIMEOUT, int $weight = SharedanceServer::DEFAULT_WEIGHT, ?string $protocol = null)
  send(string $command): string
  close(): void
  __toString(): string
class Sharedance
  const ROTATE_FORWARDS = 1
  const ROTATE_BACKWARDS = 2
  __construct(bool $redundancy = false)
  addServer(SharedanceServer $server): void
  addServers(string $list): void
  connect(SharedanceServer $server): void
  close(): void
  get(string $key, mixed $default = false): mixed
  set(string $key, string $data, int $ttl = 0): int
  delete(string $key): bool
  has(string $key): bool
  touch(string $key, int $ttl): bool
  add(string $key, string $data, int $ttl = 0): bool
  replace(string $key, string $data, int $ttl = 0): bool
  increment(string $key, int $by = 1): int|false
  decrement(string $key, int $by = 1): int|false
  getWithVersion(string $key): ?array
  cas(string $key, string $data, int $version, int $ttl = 0): bool
  getMulti(array $keys): array
  setMulti(array $items, int $ttl = 0): int
  deleteMulti(array $keys): int
  getServer(string $key): SharedanceServer
  getReplica(string $key): ?SharedanceServer
  getServers(): array
  getStats(): array
object(SharedanceServer)#%d%d (5) {
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
