--TEST--
the stub is what reflection shows
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
if (!is_file(__DIR__ . '/../../stubs/sharedance.php')) { /* pecl installs the tests alone */
    die('skip the stub is not beside the tests');
}
?>
--FILE--
<?php
/* stubs/sharedance.php has the classes once more, in a namespace of its own here. */
$stub = file_get_contents(__DIR__ . '/../../stubs/sharedance.php');
$uses = ['Error', 'Stringable', 'RuntimeException', 'SessionHandlerInterface', 'SessionIdInterface', 'SessionUpdateTimestampHandlerInterface'];
eval('namespace Stub; use ' . implode('; use ', $uses) . '; ' . substr($stub, strlen('<?php')));

/* A type without the namespace; the order of a union's parts is PHP's own. */
function type(?ReflectionType $type): string
{
    $parts = explode('|', str_replace('Stub\\', '', (string) $type));
    sort($parts);
    return implode('|', $parts);
}

function describe_parameter(ReflectionParameter $parameter): string
{
    $default = '';
    if ($parameter->isOptional()) {
        $default = ' = ' . str_replace('Stub\\', '', (string) $parameter->getDefaultValueConstantName())
            . var_export($parameter->getDefaultValue(), true);
    }
    return json_encode(array_map(fn ($one) => $one->getName(), $parameter->getAttributes()))
        . type($parameter->getType()) . " \$$parameter->name$default";
}

/** @return list<string> what a class has of its own, a line each */
function describe(ReflectionClass $class): array
{
    $lines = ['parent ' . str_replace('Stub\\', '', (string) ($class->getParentClass() ?: null)?->name)];
    $lines[] = 'interfaces ' . implode(', ', $class->getInterfaceNames());
    foreach ($class->getReflectionConstants() as $constant) {
        if ($constant->class === $class->name) {
            $lines[] = "constant $constant->name = " . var_export($constant->getValue(), true);
        }
    }
    foreach ($class->getProperties() as $property) {
        if ($property->class === $class->name) {
            /* from PHP 8.4 on readonly implies the middle one */
            $modifiers = array_diff(Reflection::getModifierNames($property->getModifiers()), ['protected(set)']);
            $lines[] = 'property ' . implode(' ', $modifiers) . ' ' . type($property->getType()) . " \$$property->name";
        }
    }
    foreach ($class->getMethods() as $method) {
        if ($method->class === $class->name) {
            $attributes = json_encode(array_map(fn ($one) => $one->getName(), $method->getAttributes()));
            $lines[] = "method $attributes " . implode(' ', Reflection::getModifierNames($method->getModifiers())) . " $method->name("
                . implode(', ', array_map(describe_parameter(...), $method->getParameters())) . '): '
                . type($method->getReturnType() ?? $method->getTentativeReturnType());
        }
    }
    sort($lines);
    return $lines;
}

$classes = (new ReflectionExtension('sharedance'))->getClassNames();
$stubs = array_filter(get_declared_classes(), fn (string $name) => str_starts_with($name, 'Stub\\'));
var_dump(count($classes), array_diff($classes, array_map(fn ($name) => substr($name, 5), $stubs)));
var_dump(count($stubs) === count($classes), (new ReflectionExtension('sharedance'))->getFunctions());
$lines = 0;
foreach ($classes as $name) {
    $own = describe(new ReflectionClass($name));
    $stub = describe(new ReflectionClass("Stub\\$name"));
    $lines += count($own);
    foreach (array_diff($own, $stub) as $line) {
        echo "$name, not in the stub: $line\n";
    }
    foreach (array_diff($stub, $own) as $line) {
        echo "$name, in the stub alone: $line\n";
    }
}
var_dump($lines > 80);

echo "each class, constant, property and method has its sentence, each method an example\n";
foreach ($stubs as $name) {
    $class = new ReflectionClass($name);
    $own = fn (array $members) => array_filter($members, fn ($one) => $one->class === $name && !$one->isPrivate());
    foreach ([$class, ...$own($class->getReflectionConstants()), ...$own($class->getProperties()), ...$own($class->getMethods())] as $one) {
        $comment = (string) $one->getDocComment();
        if (!preg_match('~^/\*\*\s+(\* )?[A-Z][^@]*?[.:]~', $comment)) {
            echo "$name {$one->getName()} has no sentence\n";
        }
        if (!$one instanceof ReflectionMethod) {
            continue;
        }
        if (!str_contains($comment, "@example\n")) {
            echo "$name {$one->getName()} has no example\n";
        }
        foreach ($one->getParameters() as $parameter) {
            if (!preg_match("/@param \S+ \\$$parameter->name \S/", $comment)) {
                echo "$name {$one->getName()} does not say what \$$parameter->name is\n";
            }
        }
        $type = (string) $one->getReturnType();
        if (str_contains($comment, '@return ') === in_array($type, ['void', ''])) {
            echo "$name {$one->getName()} does not say what it returns\n";
        }
        if (preg_match('/\barray\b/', $type) && !str_contains($comment, '@phpstan-return ')) {
            echo "$name {$one->getName()} does not say what is in its array\n";
        }
    }
}
?>
--EXPECT--
int(9)
array(0) {
}
bool(true)
array(0) {
}
bool(true)
each class, constant, property and method has its sentence, each method an example
