--TEST--
a power cut costs the last second and never the store
--FILE--
<?php
require __DIR__ . '/server.inc';

/*
 * A power cut leaves of the data file what was forced to disk, and of what was written after that any
 * part: each page as it was or as it became. Such files are made here of two real ones, with chance
 * for each page, and the note of another boot beside them.
 */

const ENTRIES = 300;

/* Some values short, some long, different in each generation. */
function value_in(int $i, int $generation): string
{
    return str_repeat("$i/$generation;", [1, 20, 400, 3000][($i + $generation) % 4]);
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

/* @return int how many entries are as the generation left them */
function count_right(TestServer $server, int $generation): int
{
    $socket = open_meta($server);
    $right = 0;
    for ($i = 0; $i < ENTRIES; $i++) {
        $value = value_in($i, $generation);
        $expected = $i % 10 === $generation ? "EN\r\n" : 'VA ' . strlen($value) . "\r\n$value\r\n";
        fwrite($socket, "mg key$i v\r\n");
        $line = fgets($socket);
        if (sscanf($line, 'VA %d', $length) === 1) {
            for ($left = $length + 2; $left > 0; $left -= strlen($read)) {
                $read = fread($socket, $left);
                $line .= $read;
            }
        }
        $right += $line === $expected;
    }
    return $right;
}

/* @return array{string, string, string} the data forced to disk, its note, and the data at the end */
function make_states(): array
{
    for ($try = 0; $try < 20; $try++) {
        $server = new TestServer();
        $data = fn () => file_get_contents("$server->directory/data.mdb");
        $note = fn () => file_get_contents("$server->directory/sharedanced.root");
        write_generation($server, 1);
        wait_until_committed($server);
        wait_until(fn () => noted_commit($note()) === last_commit($data()), 'all to be on disk');
        $states = [$data(), $note()];
        write_generation($server, 2);
        write_generation($server, 3);
        wait_until_committed($server);
        $server->kill();
        $states[] = $data();
        if ($note() === $states[1]) {
            return $states;
        }
    }
    throw new RuntimeException('the second always ended meanwhile');
}

[$forced, $note, $written] = make_states();
$other_boot = note_of_another_boot($note);

mt_srand(1);
$rounds = 15;
$right = $told = $usable = 0;
for ($round = 0; $round < $rounds; $round++) {
    $share = [0, 10, 50, 90, 100][$round % 5]; /* percent of the pages that were written in time */
    $data = '';
    for ($offset = 0; $offset < strlen($written); $offset += PAGE) {
        $page = mt_rand(1, 100) <= $share ? substr($written, $offset, PAGE) : substr($forced, $offset, PAGE);
        $data .= str_pad($page, PAGE, "\0");
    }
    $directory = scratch() . "/cut-$round";
    mkdir($directory);
    file_put_contents("$directory/data.mdb", $data);
    file_put_contents("$directory/sharedanced.root", $other_boot);
    $server = new TestServer([], $directory);
    $right += count_right($server, 1);
    $told += substr_count($server->process->log(), 'the machine went down');
    write_generation($server, 4);
    $usable += count_right($server, 4) === ENTRIES && $server->stop() === 0;
    remove_tree($directory);
}
fact('everything is as it was when it was forced to disk', $right === $rounds * ENTRIES);
fact('each start says so', $told === $rounds);
fact('and the store goes on from there', $usable === $rounds);
?>
--EXPECT--
everything is as it was when it was forced to disk: yes
each start says so: yes
and the store goes on from there: yes
