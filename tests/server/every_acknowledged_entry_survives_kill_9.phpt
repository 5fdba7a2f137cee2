--TEST--
every acknowledged entry survives kill -9 under load, in each mode of --sync
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
pcntl
--FILE--
<?php
require __DIR__ . '/server.inc';

const WRITERS = 4;
const ACKNOWLEDGED = 400; /* in total, before the server is killed */

/* Values of all lengths, kept with their keys and apart from them. */
function length_of(string $key): int
{
    $number = fn (string $text) => crc32($text) & 0x7fffffff; /* with 32 bits it may be negative */
    return $number($key) % ($number("$key?") % 4 === 0 ? 30000 : 1500);
}

/* Stores until the server is gone, and deletes each fifth again. A line for each acknowledgement:
 * "+key", "-key"; and "?key" before a delete, for from then on the entry may be there or not. */
function write_until_killed(TestServer $server, string $prefix, string $log): void
{
    $out = fopen($log, 'a');
    for ($i = 0;; $i++) {
        $key = "$prefix-$i";
        if (@request($server, store($key, value_of($key, length_of($key)))) !== "OK\n") {
            return;
        }
        fwrite($out, "+$key\n");
        if ($i % 5 === 4) {
            fwrite($out, "?$key\n");
            if (@request($server, delete($key)) !== "OK\n") {
                return;
            }
            fwrite($out, "-$key\n");
        }
    }
}

function acknowledged(string $log): int
{
    return file_exists($log) ? preg_match_all('/^[+-].*\n/m', file_get_contents($log)) : 0;
}

$states = [];
$bad = [];
$directory = scratch() . '/data';
$port = 0;

foreach (['interval', 'never', 'always', 'interval', 'never', 'interval'] as $round => $sync) {
    $server = new TestServer(["--sync=$sync", "--port=$port"], $directory);
    $port = $server->port;
    $logs = $children = [];
    for ($i = 0; $i < WRITERS; $i++) {
        $logs[] = $log = scratch() . "/acknowledged-$round-$i";
        $child = pcntl_fork();
        if ($child === 0) {
            try {
                write_until_killed($server, "round-$round-writer-$i", $log);
            } catch (Throwable) {
                /* the server is gone */
            }
            exit(0);
        }
        $children[] = $child;
    }
    wait_until(fn () => array_sum(array_map('acknowledged', $logs)) >= ACKNOWLEDGED, 'acknowledgements');
    $server->kill();
    foreach ($children as $child) {
        pcntl_waitpid($child, $status);
    }
    foreach ($logs as $log) {
        foreach (file($log, FILE_IGNORE_NEW_LINES) as $line) {
            $states[substr($line, 1)] = $line[0];
        }
    }
    /* the next, on the same directory and port */
    $server = new TestServer(["--sync=$sync", "--port=$port"], $directory);
    foreach ($states as $key => $state) {
        $answer = request($server, fetch($key));
        $right = ['+' => [value_of($key, length_of($key))], '-' => ['']];
        $right['?'] = [...$right['+'], ...$right['-']];
        if (!in_array($answer, $right[$state], true)) {
            $bad[] = "$sync: $state$key has " . strlen($answer) . ' of ' . length_of($key) . ' bytes';
        }
    }
    fact('ends with 0', $server->stop() === 0);
}

fact('entries were written', count($states) > 6 * ACKNOWLEDGED / 2);
fact('and all are there', $bad === []);
echo implode("\n", array_slice($bad, 0, 10));
?>
--EXPECT--
ends with 0: yes
ends with 0: yes
ends with 0: yes
ends with 0: yes
ends with 0: yes
ends with 0: yes
entries were written: yes
and all are there: yes
