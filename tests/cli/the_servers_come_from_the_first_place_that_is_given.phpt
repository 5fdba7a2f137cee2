--TEST--
the servers come from --servers, --servers-from or $SHAREDANCE_SERVERS: the first that is given counts
--SKIPIF--
<?php
require __DIR__ . '/cli.inc';
skip_unless_sharedanced();
if (file_exists('/etc/sharedance/servers')) {
    die('skip this machine has a list of its own');
}
?>
--FILE--
<?php
require __DIR__ . '/cli.inc';

/* which of them were asked */
function asked(array $arguments, array $environment = []): string
{
    global $servers;
    [$status, $out, $err] = tool(['stats', ...$arguments], '', $environment);
    $found = [];
    foreach ($servers as $i => $server) {
        if (str_contains($out, ":$server->port]\n")) {
            $found[] = $i;
        }
    }
    return implode(' ', $found) . ($status === 0 ? '' : normal($err) . "status $status");
}

function file_with(string $text): string
{
    static $count = 0;
    file_put_contents($file = scratch() . '/list-' . ++$count, $text);
    return "--servers-from=$file";
}

$servers = servers(3);
[$a, $b, $c] = array_map(list_of(...), $servers);
$from = file_with("$b\n");
$environment = ['SHAREDANCE_SERVERS' => $c];
echo 'all: ', asked(["--servers=$a", $from], $environment), "\n";
echo 'file and environment: ', asked([$from], $environment), "\n";
echo 'environment: ', asked([], $environment), "\n";
echo 'none: ', asked([]), "\n";
echo 'one a line: ', asked([file_with("# first\n$a\n\n; x = y\n  $b,  # the second\r\n$c?timeout=1 ; third")]), "\n";
echo 'commas: ', asked([file_with("$a, $b\n")]), "\n";
echo 'php.ini: ', asked([file_with("; session.save_path = \"x\"\n[PHP]\nfoo=bar\nsession.save_path = \"$a, $c\" ; text\n")]), "\n";
echo 'php.ini, unquoted: ', asked([file_with("[Session]\nsession.save_path=$a\nsession.save_path=$b ; the last one\n")]), "\n";
echo 'php.ini, one a line: ', asked([file_with("[PHP]\r\nsession.save_path = \"\r\n  $a,\r\n  $b\r\n\" ; text's\r\nfoo = ''\r\n")]), "\n";
echo 'php.ini, quoted by halves: ', asked([file_with("[PHP]\nsession.save_path = \"$a\" \",$b\"\n")]), "\n";
echo 'php.ini, no end of the quotes: ', asked([file_with("[PHP]\nsession.save_path = \"$a\n")]), "\n";
foreach (['[HOST=example.com]', '[path=/srv/www]'] as $section) {
    echo "php.ini, $section: ", asked([file_with("[PHP]\nsession.save_path = $a\n$section\nsession.save_path = $b\n")]), "\n";
}
echo 'pool file: ', asked([file_with("[www]\nuser = x\nphp_admin_value[session.save_path] = $b,$c\nphp_value[session.save_path_x] = y\n")]), "\n";
echo 'no save_path: ', asked([file_with("[PHP]\n;session.save_path = $a\n")]), "\n";
echo 'empty: ', asked([file_with("# nothing\n")]), "\n";
echo 'wrong: ', asked(['--servers=a b']), "\n";
echo 'a NUL: ', asked([file_with("$a\0$b")]), "\n";
echo 'no file: ', asked(['--servers-from=/nonexistent/file']), "\n";
echo 'a directory: ', asked(['--servers-from=/']), "\n";
shell_exec('mkfifo ' . escapeshellarg($fifo = scratch() . '/fifo'));
echo 'a FIFO without a writer: ', preg_match('/status 2$/', asked(["--servers-from=$fifo"])), "\n";
$writer = fopen($fifo, 'r+');
echo 'a FIFO with a silent one: ', preg_match('/silent/', asked(['--timeout=0.2', "--servers-from=$fifo"])), "\n";
?>
--EXPECTF--
all: 0
file and environment: 1
environment: 2
none: sharedance: which servers? Give --servers=LIST, --servers-from=FILE or $SHAREDANCE_SERVERS, or write a list to /etc/sharedance/servers
status 2
one a line: 0 1 2
commas: 0 1
php.ini: 0 2
php.ini, unquoted: 1
php.ini, one a line: 0 1
php.ini, quoted by halves: sharedance: %s must be a list of servers: expected a host, '"' found at offset 0
status 2
php.ini, no end of the quotes: sharedance: %s must be a list of servers: expected a host, '"' found at offset 0
status 2
php.ini, [HOST=example.com]: 0
php.ini, [path=/srv/www]: 0
pool file: 1 2
no save_path: sharedance: %s has no session.save_path
status 2
empty: sharedance: %s/list-%d has no servers
status 2
wrong: sharedance: --servers must be a list of servers: %s
status 2
a NUL: sharedance: %s is no text
status 2
no file: sharedance: /nonexistent/file cannot be read: No such file or directory
status 2
a directory: sharedance: / cannot be read: Is a directory
status 2
a FIFO without a writer: 1
a FIFO with a silent one: 1
