<?php
/*
 * The classic example: four servers, redundancy, set and get. Each entry is kept
 * on two of the servers, and reading and writing go on when one of them dies.
 *
 *   php -d extension=sharedance examples/four_servers.php SERVERS [fill|read|write]
 *
 * SERVERS is a list such as "web1:1042, web2:1042, web3:1042, web4:1042". `fill`
 * stores some data and reads it back, `read` reads all of it, `write` changes all
 * of it and changes it back. scripts/demo runs this against servers of its own.
 */

[, $servers, $step] = $argv + [1 => null, 2 => 'fill'];
if ($servers === null) {
    exit("usage: four_servers.php SERVERS [fill|read|write]\n");
}

$cache = new Sharedance(true);
$cache->addServers($servers);

/* Real data: each time zone that PHP knows, with its place and its changes of the clock; and what
 * tends to go wrong: every byte there is, and a megabyte. */
function entries(): iterable
{
    foreach (DateTimeZone::listIdentifiers() as $name) {
        $zone = new DateTimeZone($name);
        $changes = $zone->getTransitions(0, 2000000000);
        yield strtr("zone-$name", '/', ':') => serialize([$name, $zone->getLocation(), $changes]);
    }
    yield 'every-byte' => implode(array_map('chr', range(0, 255)));
    yield 'megabyte' => str_repeat(hash('sha512', 'megabyte', true), 16384);
}

/* Whether all entries are there and right. */
function check(Sharedance $cache): int
{
    $right = 0;
    foreach (entries() as $key => $data) {
        if ($cache->get($key, 'absent') !== $data) {
            echo "  $key is not what was stored\n";
            exit(1);
        }
        $right++;
    }
    return $right;
}

function fill(Sharedance $cache): void
{
    $count = 0;
    $bytes = 0;
    $copies = 0;
    $held = [];
    foreach (entries() as $key => $data) {
        $copies += $cache->set($key, $data);
        $count++;
        $bytes += strlen($data);
        foreach ([$cache->getServer($key), $cache->getReplica($key)] as $which => $server) {
            $held[(string) $server][$which] = ($held[(string) $server][$which] ?? 0) + 1;
        }
    }
    printf("  %d entries stored, %.1f MB, in %d copies\n", $count, $bytes / 1e6, $copies);

    ksort($held);
    foreach ($held as $server => $counts) {
        printf("  %-18s holds %3d entries as first and %3d as second server\n", $server, ...$counts);
    }
    foreach (['zone-Europe:Paris', 'zone-Asia:Tokyo', 'every-byte', 'megabyte'] as $key) {
        printf("  %-18s is on %s and %s\n", $key, $cache->getServer($key), $cache->getReplica($key));
    }
    try {
        $cache->set('', 'an entry needs a key');
        exit("  an empty key was taken\n");
    } catch (ValueError $error) {
        printf("  an empty key is refused: %s\n", $error->getMessage());
    }
}

switch ($step) {
    case 'fill':
        fill($cache);
        printf("  %d entries read back\n", check($cache));
        break;
    case 'read':
        printf("  %d entries read, all as they were stored\n", check($cache));
        break;
    case 'write':
        $copies = [];
        foreach (entries() as $key => $data) {
            $stored = $cache->set($key, "changed:$data");
            $copies[$stored] = ($copies[$stored] ?? 0) + 1;
            if ($cache->get($key) !== "changed:$data") {
                exit("  $key was not changed\n");
            }
            $cache->set($key, $data);
        }
        $copies += [1 => 0, 2 => 0];
        printf("  %d entries written to both servers, %d to the one that is up\n", $copies[2], $copies[1]);
        break;
    default:
        exit("unknown step: $step\n");
}
