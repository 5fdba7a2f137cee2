--TEST--
no key, value or session id is in a trace
--EXTENSIONS--
sharedance
session
--INI--
zend.exception_ignore_args=0
zend.exception_string_param_max_len=1000
--FILE--
<?php
/* What is no secret, by its name. A method or parameter that is added is one until it is listed here. */
const PUBLIC_ONES = ['protocol', 'name'];
const SECRET = 'fcf8a8a1-never-in-a-trace';

function argument(ReflectionParameter $parameter): mixed
{
    return in_array($parameter->name, PUBLIC_ONES) ? 'public' : match ((string) $parameter->getType()) {
        'string', 'mixed', '?string' => SECRET,
        'array' => [SECRET => SECRET],
        'int', 'string|int' => 1,
        'float' => 1.0,
        'bool' => true,
        'SharedanceServer' => new SharedanceServer('h'),
        'Sharedance' => new Sharedance(),
    };
}

/* An object that was not constructed: nearly each method throws. */
$threw = [];
foreach (['Sharedance', 'SharedanceServer', 'SharedanceSession'] as $name) {
    $class = new ReflectionClass($name);
    foreach ($class->getMethods() as $method) {
        foreach ($method->getParameters() as $parameter) {
            $is_secret = in_array((string) $parameter->getType(), ['string', 'mixed', '?string', 'array'])
                && !in_array($parameter->name, PUBLIC_ONES);
            if ($is_secret !== (count($parameter->getAttributes('SensitiveParameter')) === 1)) {
                echo "WRONG: $name::$method->name() \$$parameter->name\n";
            }
        }
        try {
            $ignored = $class->newInstanceWithoutConstructor()->{$method->name}(...array_map('argument', $method->getParameters()));
        } catch (Throwable $thrown) {
            $threw[] = "$name::$method->name";
            $frame = $thrown->getTrace()[0];
            if ($frame['function'] !== $method->name || count($frame['args'] ?? []) !== $method->getNumberOfParameters()) {
                echo "NO ARGUMENTS: $name::$method->name()\n";
            }
            $all = $thrown . json_encode($thrown->getTrace()) . print_r($frame['args'], true);
            if (str_contains($all, SECRET)) {
                echo "TOLD: $name::$method->name()\n$all\n";
            }
        }
    }
}
echo count($threw) > 25 ? 'they threw' : implode(' ', $threw), "\n";

/* and what an uncaught exception logs */
$code = '$c = new Sharedance(); $c->addServers("127.0.0.1:1"); $c->set("' . SECRET . '", "' . SECRET . '");';
require __DIR__ . '/../helper.inc';
$process = proc_open([PHP_BINARY, '-n', ...extension_options(), '-d', 'display_errors=0', '-d', 'log_errors=1', '-d', 'error_log=',
    '-d', 'zend.exception_ignore_args=0', '-r', $code], [1 => ['pipe', 'w'], 2 => ['redirect', 1]], $pipes);
$log = stream_get_contents($pipes[1]);
proc_close($process);
var_dump(str_contains($log, 'Sharedance->set('), str_contains($log, SECRET) || str_contains($log, substr(SECRET, 0, 10)));
?>
--EXPECT--
they threw
bool(true)
bool(false)
