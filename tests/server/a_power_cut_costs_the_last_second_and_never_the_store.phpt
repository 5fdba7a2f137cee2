--TEST--
a power cut costs the last second and never the store
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

/*
 * Whatever pages of what was not forced to disk are there after a power cut, in the data file, in the file of
 * values and in the write-ahead log: each entry is as it was at some time after all was forced to disk, and no older.
 */

const ENTRIES = 300;

/* Some values short, some long, some so long that they have a file of their own; different in each generation. */
function value_in(int $i, int $generation): string
{
    return str_repeat("$i/$generation;", [1, 20, 400, 6000][($i + $generation) % 4]);
}

function write_generation(TestServer $server, int $generation): void
{
    $socket = open_meta($server);
    for ($i = 0; $i < ENTRIES; $i++) {
        $value = value_in($i, $generation);
        $answer = $i % 10 === $generation
            ? meta($socket, "md key$i\r\n")
            : meta($socket, "ms key$i " . strlen($value) . "\r\n$value\r\n");
        if (!in_array($answer, ["HD\r\n", "NF\r\n"], true)) {
            throw new RuntimeException($answer);
        }
    }
}

/* @return array{int, int} how many entries are as one of the generations left them; and as this one did */
function count_right(TestServer $server, array $generations, int $last): array
{
    $socket = open_meta($server);
    $right = $latest = 0;
    for ($i = 0; $i < ENTRIES; $i++) {
        fwrite($socket, "mg key$i v\r\n");
        $line = fgets($socket);
        if (sscanf($line, 'VA %d', $length) === 1) {
            for ($left = $length + 2; $left > 0; $left -= strlen($read)) {
                $read = fread($socket, $left);
                $line .= $read;
            }
        }
        $expected = fn (int $generation) => $i % 10 === $generation
            ? "EN\r\n"
            : 'VA ' . strlen($value = value_in($i, $generation)) . "\r\n$value\r\n";
        $right += in_array($line, array_map($expected, $generations), true);
        $latest += $line === $expected($last);
    }
    return [$right, $latest];
}

$image = start_on_own_disk();
mt_srand(1);
$right = $kept = $usable = 0;
$rounds = 10;
$program = getenv('SHAREDANCED');
for ($round = 0; $round < $rounds; $round++) {
    putenv("SHAREDANCED=$program");
    array_map('unlink', glob("$image/*"));
    /* in half of the rounds each answer means that it is on disk */
    $server = new TestServer($round % 2 ? ['--sync=always'] : []);
    write_generation($server, 1);
    if ($round % 2 === 0) {
        sleep(2); /* the promise is a second */
    }
    write_generation($server, 2);
    if ($round % 4 < 2) {
        wait_until_committed($server); /* both files of the log were used */
    }
    write_generation($server, 3);
    $server->kill();
    $cut = scratch() . "/cut-$round";
    cut_power($server->directory, $image, $cut, [0, 10, 50, 90, 100][intdiv($round, 2)]);
    $server = new TestServer([], $cut);
    $found = count_right($server, [1, 2, 3], 3);
    $right += $found[0] === ENTRIES;
    $kept += $round % 2 === 0 || $found[1] === ENTRIES;
    write_generation($server, 4);
    $usable += count_right($server, [4], 4)[0] === ENTRIES && $server->stop() === 0;
    remove_tree($cut);
}
fact('nothing is older than a second', $right === $rounds);
fact('with --sync=always nothing at all is lost', $kept === $rounds);
fact('and the store goes on from there', $usable === $rounds);
?>
--EXPECT--
nothing is older than a second: yes
with --sync=always nothing at all is lost: yes
and the store goes on from there: yes
