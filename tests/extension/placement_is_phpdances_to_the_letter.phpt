--TEST--
placement is phpdances to the letter
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/../helper.inc';

/* Recorded from PHPDance; legal keys are stored for real, and the servers asked one by one. */
$recorded = json_decode(file_get_contents(__DIR__ . '/../conformance/placement.json'), true);
$servers = servers(max(array_map(fn ($cluster) => count($cluster['weights']), $recorded['clusters'])));
$ports = array_map(fn ($server) => $server->port, $servers);

function holders(array $servers, string $key): array
{
    return array_keys(array_filter($servers, fn ($server) => ask($server, fetch($key)) === 'v'));
}

$checked = ['by name' => 0, 'by asking' => 0];
foreach ($recorded['clusters'] as $number => $cluster) {
    $plain = new Sharedance();
    $redundant = new Sharedance(true);
    foreach ($cluster['weights'] as $i => $weight) {
        $plain->addServer($servers[$i]->object(10, $weight));
        $redundant->addServer($servers[$i]->object(10, $weight));
    }
    foreach ($cluster['keys'] as $row => [$hex, , $first, $second]) {
        $key = hex2bin($hex);
        $got = [array_search($plain->getServer($key)->port, $ports), null];
        if ($second !== null) {
            $got[1] = array_search($redundant->getReplica($key)->port, $ports);
        }
        $checked['by name']++;
        if ($got !== [$first, $second] || $plain->getReplica($key) !== null) {
            echo "cluster $number, key $hex: ", json_encode([$first, $second, $got]), "\n";
        }
        /* every seventh, so that it takes a second and not ten */
        if ($row % 7 === 0 && preg_match('~^[ -\-0-\~]{1,254}$~', $key)) {
            $used = array_slice($servers, 0, count($cluster['weights']));
            $cache = $second === null ? $plain : $redundant;
            $cache->set($key, 'v');
            $expected = array_values(array_filter([$first, $second], fn ($owner) => $owner !== null));
            sort($expected);
            $checked['by asking']++;
            if (holders($used, $key) !== $expected) {
                echo "cluster $number, key $hex is on ", json_encode(holders($used, $key)), "\n";
            }
            $cache->delete($key);
            if (holders($used, $key) !== []) {
                echo "cluster $number, key $hex was not deleted everywhere\n";
            }
        }
    }
}
printf("%d by name, %s by asking\n", $checked['by name'], $checked['by asking'] > 200 ? 'many' : 'few');
?>
--EXPECT--
2400 by name, many by asking
