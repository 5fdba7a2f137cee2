--TEST--
a value that stops in the middle is read from the other server, and the one that is silent is marked
--EXTENSIONS--
sharedance
--INI--
sharedance.timeout=4
sharedance.retry_interval=60
session.use_cookies=0
session.use_strict_mode=0
session.cache_limiter=
session.save_handler=sharedance
--SKIPIF--
<?php
require __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/../helper.inc';

/* Of each connection the relay hands on so many bytes, as a path does on which large packets vanish:
 * short answers come, and of the long value a part. */
const PART = '20000';
ob_start(); /* sessions refuse to start once output was sent */
$long = str_repeat('x', 30000);
$servers = servers(2);

/* The first server of what is read stands behind a relay of its own, on a new connection or a kept one. */
function read(string $name, bool $is_kept, callable $fill, callable $read): void
{
    global $servers;
    $hold = scratch() . "/$name-" . ($is_kept ? 'kept' : 'new');
    $relay = relayed($servers[0], 'holds', $hold, PART);
    $list = "tcp://127.0.0.1:{$relay->port}?timeout=60,tcp://127.0.0.1:{$servers[1]->port}?timeout=60";
    $pool = pool([$relay, $servers[1]], true, 60);
    for ($i = 0; $pool->getServer("key$i")->port !== (int) $relay->port; $i++) {
    }
    $fill(pool([$servers[0], $servers[1]], true, 60), "key$i");
    if ($is_kept) {
        $pool->get("key$i-short");
    }
    touch($hold);
    $start = hrtime(true);
    $got = $read($pool, "key$i", $list);
    $seconds = (hrtime(true) - $start) / 1e9;
    unlink($hold);
    $state = array_column($pool->getServers(), 'state', 'port')[$relay->port];
    echo "$name, ", $is_kept ? 'kept' : 'new', ": $got, the server is $state", $seconds < 3.9 ? '' : ", AFTER $seconds SECONDS", "\n";
}

$set = fn ($pool, $key) => $pool->setMulti([$key => $long, "$key-short" => 'y', "$key-other" => 'y']);
foreach ([false, true] as $is_kept) {
    read('get', $is_kept, $set, fn ($pool, $key) => strlen($pool->get($key)));
    read('getMulti', $is_kept, $set, fn ($pool, $key) => implode(
        ' ',
        array_map(strlen(...), $pool->getMulti([$key, "$key-short", "$key-other"]))
    ));
}
read('session', false, fn ($pool, $key) => $pool->set($key, "d|s:30000:\"$long\";"), function ($pool, $key, $list) {
    ini_set('session.save_path', $list);
    session_id($key);
    $got = session_start() ? strlen($_SESSION['d']) : 'does not start';
    $_SESSION['n'] = 1;
    return $got . (session_write_close() ? ', written' : ', not written');
});
?>
--EXPECT--
get, new: 30000, the server is dead
getMulti, new: 30000 1 1, the server is dead
get, kept: 30000, the server is dead
getMulti, kept: 30000 1 1, the server is dead
session, new: 30000, written, the server is dead
