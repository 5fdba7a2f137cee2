--TEST--
a server that is a black hole: one connect timeout, and the other one goes on
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--INI--
sharedance.retry_interval=1000
sharedance.connect_timeout=0.2
--FILE--
<?php
require __DIR__ . '/row.inc';

/* Its place in the pool is a host that lets no connection be completed. */
foreach ([1, 2, 4] as $count) {
    foreach ($count === 1 ? [true] : [true, false] as $first) {
        $hole = new BrokenServer('hole');
        $servers = $count === 1 ? [] : servers($count - 1);
        $cache = pool([$hole, ...$servers], $count > 1);
        $key = function (string $prefix) use ($cache, $first, $hole): string {
            for ($i = 0;; $i++) {
                $owner = $first ? $cache->getServer("$prefix$i") : $cache->getReplica("$prefix$i");
                if ($owner?->port === $hole->port) {
                    return "$prefix$i";
                }
            }
        };
        if ($count > 1) {
            fill($cache, $key);
        }
        echo $count, $first ? ' first: ' : ' second: ', operations($cache, $key), "\n";
        echo '  ', $cache->getStats()["127.0.0.1:$hole->port"]['connect_timeouts'], " connect timeout\n";
    }
}
?>
--EXPECT--
1 first: set fails, get fails, delete fails, increment fails, session does not start
  1 connect timeout
2 first: set 1, get "old", delete true, increment 6, session 6
  1 connect timeout
2 second: set 1, get "old", delete true, increment 6, session 6
  1 connect timeout
4 first: set 1, get "old", delete true, increment 6, session 6
  1 connect timeout
4 second: set 1, get "old", delete true, increment 6, session 6
  1 connect timeout
