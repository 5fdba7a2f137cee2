--TEST--
a change fails only if its connection broke once it was sent: with one server, and without a mark
--EXTENSIONS--
sharedance
--INI--
sharedance.timeout=60
sharedance.connect_timeout=60
sharedance.retry_interval=5
sharedance.max_idle=1000
--SKIPIF--
<?php
require __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/../helper.inc';

/* The connections that were kept are closed while nothing is asked, or when a request came, or forgotten as by a firewall. */
const CHANGES = ['increment', 'decrement', 'add', 'replace', 'cas'];

/* Makes a change of an entry that there is, or, to add, that there is not; what it came to, and what the entry has then. */
function change(Sharedance $cache, Sharedance $direct, string $name, callable $break): string
{
    static $count = 0;

    $key = "$name-" . ++$count;
    if ($name !== 'add') {
        $direct->set($key, '5');
    }
    [, $version] = $direct->getWithVersion($key) ?? [null, 0];
    $cache->has('any'); /* by connections that stand now */
    $break();
    try {
        $came = json_encode(match ($name) {
            'increment', 'decrement' => $cache->$name($key),
            'add', 'replace' => $cache->$name($key, 'new'),
            'cas' => $cache->cas($key, 'new', $version),
        });
    } catch (SharedanceConnectionException) {
        $came = 'fails';
    } catch (SharedanceTimeoutException) {
        $came = 'times out';
    }
    $then = $came === 'fails' || $came === 'times out' ? ', then ' . json_encode($cache->get($key, 'none')) : '';
    return "$name $came$then, " . json_encode($direct->get($key, 'none'));
}

$servers = servers(2);
foreach (['cuts', 'closes', 'forgets'] as $how) {
    foreach ([1, 2] as $count) {
        $used = array_slice($servers, 0, $count);
        $files = array_map(fn ($server) => scratch() . "/$how-$count-$server->port", $used);
        $relays = array_map(fn ($server, $file) => relayed($server, $how, $file), $used, $files);
        $cache = pool($relays, $count > 1, 1);
        $break = function () use ($files, $how) {
            array_map(leave_file(...), $files);
            if ($how !== 'closes') { /* which is done at the next request */
                wait_until(fn () => array_filter($files, function ($file) {
                    clearstatcache();
                    return file_exists($file);
                }) === [], 'the end of the connections');
            }
        };
        echo "$how, $count: ", implode('; ', array_map(fn ($name) => change($cache, pool($used, $count > 1), $name, $break), CHANGES)), "\n";
        echo '  ', implode(', ', array_unique(array_column($cache->getServers(), 'state'))), "\n";
        array_map(fn ($file) => @unlink($file), $files);
    }
}
?>
--EXPECT--
cuts, 1: increment 6, "6"; decrement 4, "4"; add true, "new"; replace true, "new"; cas true, "new"
  alive
cuts, 2: increment 6, "6"; decrement 4, "4"; add true, "new"; replace true, "new"; cas true, "new"
  alive
closes, 1: increment fails, then "5", "5"; decrement fails, then "5", "5"; add fails, then "none", "none"; replace fails, then "5", "5"; cas fails, then "5", "5"
  alive
closes, 2: increment 6, "6"; decrement 4, "4"; add true, "new"; replace true, "new"; cas true, "new"
  alive
forgets, 1: increment times out, then "5", "5"; decrement times out, then "5", "5"; add times out, then "none", "none"; replace times out, then "5", "5"; cas times out, then "5", "5"
  alive
forgets, 2: increment 6, "6"; decrement 4, "4"; add true, "new"; replace true, "new"; cas true, "new"
  alive
