--TEST--
the examples of the stub run
--EXTENSIONS--
sharedance
session
--SKIPIF--
<?php
require __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
if (!is_file(root() . '/sharedance.stub.php')) { /* pecl installs the tests alone */
    die('skip the stub is not beside the tests');
}
?>
--INI--
session.use_cookies=0
session.cache_limiter=
--FILE--
<?php
require __DIR__ . '/../helper.inc';

/* An example has two servers of its own, which stand for 10.0.0.1 and 10.0.0.2. "// 2: text" behind a statement
 * is its value; every statement runs in any case. */
function run_example(string $name, string $example): int
{
    $ports = [];
    foreach (servers(2) as $index => $server) {
        $ports['10.0.0.' . ($index + 1)] = $server->port;
    }
    $checked = 0;
    $code = preg_replace_callback(
        '~^(?<statement>.*);\s*// (?<value>\[.*?\]|\'[^\']*\'|"[^"]*"|\w+)(: .*)?$~m',
        function (array $match) use (&$checked) {
            $checked++;
            [$target, $value] = preg_match('/^(\$\w+) = (.*)$/', $match['statement'], $parts)
                ? [$parts[1], $parts[2]] : ['$ignored', $match['statement']];
            return "$target = check(__LINE__, $value, $match[value]);";
        },
        $example
    );
    if (substr_count($example, '// ') !== $checked) {
        echo "$name: a comment is no value:\n$example\n";
    }
    /* the longer forms first */
    foreach ($ports as $host => $port) {
        $code = str_replace(["$host:1042", "SharedanceServer('$host'"], ["127.0.0.1:$port", "SharedanceServer('127.0.0.1', $port"], $code);
    }
    $cache = new Sharedance(true);
    $cache->addServers("127.0.0.1:{$ports['10.0.0.1']}, 127.0.0.1:{$ports['10.0.0.2']}");
    try {
        eval($code);
    } catch (Throwable $thrown) {
        echo "$name: ", get_class($thrown), ': ', $thrown->getMessage(), "\n$code\n";
    }
    return $checked;
}

function check(int $line, mixed $is, mixed $expected): mixed
{
    if ($is !== $expected) {
        echo "line $line of an example: ", var_export($is, true), ' instead of ', var_export($expected, true), "\n";
    }
    return $is;
}

$examples = 0;
$checked = 0;
preg_match_all('~/\*\*(.*?)\*/~s', file_get_contents(root() . '/sharedance.stub.php'), $comments);
foreach ($comments[1] as $comment) {
    foreach (array_slice(explode("@example\n", $comment), 1) as $example) {
        $examples++;
        $checked += run_example($example, preg_replace('~^\s*\* ?~m', '', $example));
    }
}
echo $examples > 40 ? "examples ran\n" : "only $examples examples\n", $checked > 60 ? "values were checked\n" : "only $checked values\n";
?>
--EXPECT--
examples ran
values were checked
