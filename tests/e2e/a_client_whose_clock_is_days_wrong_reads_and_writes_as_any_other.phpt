--TEST--
a client whose clock is two days wrong takes no good entry for one of the far future, and its writes are in order
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require __DIR__ . '/e2e.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/e2e.inc';
require __DIR__ . '/../clock.inc';

const DAYS = 2 * 86400;

function versions(array $servers, string $key): array
{
    return array_map(function ($server) use ($key) {
        preg_match('/ c(\d+)/', converse($server, "mg $key c G\r\n"), $match);
        return (int) ($match[1] ?? 0);
    }, $servers);
}

/* A client of its own, with that clock. */
function client(array $servers, int $ahead, string ...$operations): string
{
    $process = php('operate.inc', [...array_column($servers, 'port'), ...$operations], clock_of_its_own($ahead));
    $process->wait();
    return str_replace("\n", ' ', trim($process->log()));
}

$servers = servers(2);
$pool = pool($servers, true);
foreach (['two days behind' => -DAYS, 'two days ahead' => DAYS] as $what => $ahead) {
    $pool->set('good', 'old');
    $pool->set('both', 'old');
    $pool->set('number', '5');
    $pool->set('gone', 'old');
    $pool->delete('gone');
    $before = [versions($servers, 'good'), versions($servers, 'gone')];
    echo "$what, it reads: ", client($servers, $ahead, 'get:good', 'get:gone');
    echo [versions($servers, 'good'), versions($servers, 'gone')] === $before ? ", and changes nothing\n" : ", AND WRITES\n";
    echo "  it writes: ", client($servers, $ahead, 'set:both:its', 'increment:number', 'delete:good'), "\n";
    echo '  others see: ', json_encode([$pool->get('both'), $pool->get('number'), $pool->get('good')]), "\n";
    $ok = array_map(fn ($version) => abs($version / 1e6 - time()) < 3600, [...versions($servers, 'both'), ...versions($servers, 'good')]);
    echo '  by versions of the servers\' time: ', json_encode(!in_array(false, $ok, true)), "\n";
    echo '  they write over it: ', $pool->set('both', 'theirs'), ', it reads ', client($servers, $ahead, 'get:both'), "\n";
}
?>
--EXPECT--
two days behind, it reads: "old" false, and changes nothing
  it writes: 2 6 true
  others see: ["its","6",false]
  by versions of the servers' time: true
  they write over it: 2, it reads "theirs"
two days ahead, it reads: "old" false, and changes nothing
  it writes: 2 6 true
  others see: ["its","6",false]
  by versions of the servers' time: true
  they write over it: 2, it reads "theirs"
