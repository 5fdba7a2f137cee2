--TEST--
a name behind which the server changes is a line in the log, and so is one whose server comes back
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--INI--
log_errors=1
--FILE--
<?php
require __DIR__ . '/../helper.inc';

$log = scratch() . '/errors';
ini_set('error_log', $log);
$name = scratch() . '/name';

/* The name leads to that server from now on, and its connections end, as behind a proxy that changes over. */
function lead_to(TestServer $server, ?TestServer $from = null): void
{
    global $name;

    @unlink($name);
    symlink(socket_of($server), $name);
    $from?->process->kill();
    $from?->start();
}

function socket_of(TestServer $server): string
{
    return $server->directory . '-socket';
}

[$a, $b, $c, $d] = array_map(fn ($i) => new TestServer(
    ['--unix-socket=' . scratch() . "/data-of-$i-socket"], scratch() . "/data-of-$i"), ['a', 'b', 'c', 'd']);

function pool_of(array $paths): Sharedance
{
    $cache = new Sharedance(count($paths) > 1);
    array_map(fn ($path) => $cache->addServer(new SharedanceServer("unix:$path")), $paths);
    return $cache;
}

function lines(): void
{
    global $log;
    static $seen = 0;

    $lines = file_exists($log) ? file($log) : [];
    foreach (array_slice($lines, $seen) as $line) {
        echo '  ', preg_replace(['/^\[.*?\] /', '~unix:\S*/~'], ['', 'unix:'], $line);
    }
    $seen = count($lines);
}

$cache = pool_of([$name]);
lead_to($a);
echo 'one server: ', $cache->set('key', 'a'), "\n";
lines();
$a->process->kill();
$a->start();
echo 'restarted: ', $cache->get('key'), "\n";
lines();
lead_to($b, $a);
echo 'another one: ', json_encode($cache->get('key', 'none')), "\n";
lines();
lead_to($a, $b);
echo 'the first is back: ', $cache->get('key'), "\n";
lines();
lead_to($b, $a);
echo 'and the other: ', json_encode($cache->get('key', 'none')), ', ', $cache->set('key', 'b'), ' ', $cache->get('key'), "\n";
lines();

/* the address of a server that died moves to the other one, and back */
$first = $name . '-first';
$second = $name . '-second';
symlink(socket_of($c), $first);
symlink(socket_of($d), $second);
$pair = pool_of([$first, $second]);
echo 'two: ', $pair->set('pair', 'v'), ' ', $pair->set('n', '1'), "\n";
$d->process->kill();
unlink($second);
symlink(socket_of($c), $second);
echo 'both names lead to one: ', $pair->set('pair', 'w'), ' ', $pair->get('pair'), ' ',
    $pair->increment('n'), "\n";
try {
    $pair->get('what only the other one may have');
} catch (SharedanceException $e) {
    echo preg_replace('~unix:\S*/~', 'unix:', $e->getMessage()), "\n";
}
lines();
$d->start();
unlink($second);
symlink(socket_of($d), $second);
wait_until(fn () => $pair->set('pair', 'x') === 2, 'two servers'); /* which is asked every five seconds */
echo 'and to two again: ', $pair->get('pair'), "\n";
lines();
?>
--EXPECT--
one server: 1
restarted: a
another one: "none"
  sharedance: [unix:name] is another server than before: the id of its directory has changed
the first is back: a
  sharedance: [unix:name] leads to two servers in turn: locks held there are not trusted
and the other: "none", 1 b
two: 2 2
both names lead to one: 1 w 2
[unix:name-first] was down and has not been compared with the other server since: its copy may be out of date
  sharedance: [unix:name-second] is another server than before: the id of its directory has changed
  sharedance: [unix:name-first] and [unix:name-second] are one server: an entry that belongs to both is stored once
and to two again: x
  sharedance: [unix:name-second] leads to two servers in turn: locks held there are not trusted
