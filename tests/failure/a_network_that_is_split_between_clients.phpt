--TEST--
a network that is split between clients: each goes on with its half, and the newest wins
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/row.inc';

/* One client reaches the first server only, another one the second only, and then both reach both. */
foreach ([2, 4] as $count) {
    $servers = servers($count);
    $view = function (int $unseen) use ($servers): Sharedance {
        $cache = new Sharedance(true);
        foreach ($servers as $i => $server) {
            $cache->addServer($i === $unseen ? new SharedanceServer('127.0.0.1', refusing_port()) : $server->object());
        }
        return $cache;
    };
    $whole = pool($servers, true);
    $key = function (string $name) use ($servers, $whole): string {
        for ($i = 0; owners($servers, $whole, "$name$i") !== [$servers[0], $servers[1]]; $i++) {
        }
        return "$name$i";
    };
    fill($whole, $key);
    [$left, $right] = [$view(1), $view(0)];
    echo "$count servers\n";
    echo '  left: ', operations($left, $key), "\n";
    echo '  right: ', operations($right, $key), "\n";
    echo '  left again: get ', word(fn () => $left->get($key('set'))), ', right: set ',
        word(fn () => $right->set($key('set'), 'newest')), "\n";
    echo '  whole again: ', json_encode(array_map(fn ($name) => $whole->get($key($name)), ['set', 'get', 'delete', 'number', 'session'])), "\n";
    echo '  on both: ', json_encode(array_map(
        fn ($name) => meta_line($servers[0], "mg {$key($name)} c") === meta_line($servers[1], "mg {$key($name)} c"),
        ['set', 'get', 'delete', 'number', 'session']
    )), "\n";
}
?>
--EXPECT--
2 servers
  left: set 1, get "old", delete true, increment 6, session 6
  right: set 1, get "old", delete true, increment 6, session 6
  left again: get "new", right: set 1
  whole again: ["newest","old",false,"6","n|i:6;"]
  on both: [true,true,true,true,true]
4 servers
  left: set 1, get "old", delete true, increment 6, session 6
  right: set 1, get "old", delete true, increment 6, session 6
  left again: get "new", right: set 1
  whole again: ["newest","old",false,"6","n|i:6;"]
  on both: [true,true,true,true,true]
