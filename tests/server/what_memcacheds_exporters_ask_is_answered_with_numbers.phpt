--TEST--
memcached_exporter and telegraf get an answer that ends with END to each request, with the numbers that they cannot do without
--SKIPIF--
<?php
require_once __DIR__ . '/memcacheds_tools.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/memcacheds_tools.inc';

/* What they parse: lines of three words, up to END. */
function stat_lines($socket, string $request): array
{
    fwrite($socket, "$request\r\n");
    for ($numbers = []; ($line = fgets($socket)) !== "END\r\n"; $numbers[$words[1]] = $words[2]) {
        $words = explode(' ', rtrim((string) $line), 3);
        if (count($words) !== 3 || $words[0] !== 'STAT') {
            throw new RuntimeException("$request: $line");
        }
    }
    return $numbers;
}

function is_number(?string $text): bool
{
    return preg_match('/^\d+$/D', (string) $text) === 1;
}

$server = filled_server();
$socket = open_meta($server);

/* memcached_exporter says that a server is down of which it cannot read these */
$stats = stat_lines($socket, 'stats');
foreach (['cmd_set', 'cas_hits', 'cas_misses', 'cas_badval'] as $name) {
    fact($name, is_number($stats[$name]));
}
fact('items', stat_lines($socket, 'stats items') === []);
fact('slabs', stat_lines($socket, 'stats slabs') === []);
fact('settings', is_number(stat_lines($socket, 'stats settings')['maxconns']));
fact('version', preg_match('/^VERSION 1\.\S*sharedanced\r\n$/', meta($socket, "version\r\n")) === 1);

/* telegraf sends what there is of these, and looks at the rest no further */
$telegraf = ['get_hits', 'get_misses', 'limit_maxbytes', 'bytes', 'uptime', 'curr_items', 'total_items', 'curr_connections',
    'total_connections', 'cmd_get', 'cmd_set', 'bytes_read', 'bytes_written', 'threads', 'cas_hits', 'cas_misses', 'cas_badval'];
fact('telegraf', array_filter($telegraf, fn ($name) => !is_number($stats[$name] ?? null)) === []);

/* a set with C counts by what became of it */
preg_match('/c(\d+)/', meta($socket, "mg a c\r\n"), $match);
meta($socket, "ms a 1 C$match[1]\r\ny\r\nms a 1 C$match[1]\r\nz\r\nms none 1 C5\r\nz\r\nms a 1\r\nz\r\n", 4);
$stats = stat_lines($socket, 'stats');
echo "$stats[cas_hits] $stats[cas_badval] $stats[cas_misses] of $stats[cmd_set]\n";
meta($socket, "ml a T10\r\nml b T10\r\nmu a\r\n", 3);
$stats = stat_lines($socket, 'stats');
echo "$stats[cmd_lock] locks, $stats[cmd_unlock] unlocks\n";
?>
--EXPECT--
cmd_set: yes
cas_hits: yes
cas_misses: yes
cas_badval: yes
items: yes
slabs: yes
settings: yes
version: yes
telegraf: yes
1 1 1 of 7
2 locks, 1 unlocks
