--TEST--
setMulti() of versions that are ahead takes no more work for each of many
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
if (trim((string) shell_exec('command -v valgrind')) === '') {
    die('skip valgrind is not installed');
}
if (getenv('USE_ZEND_ALLOC') === '0') {
    die('skip callgrind counts nothing of a PHP that is itself checked by ASan or valgrind');
}
?>
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/../helper.inc';

/* Each item is refused, and written again above what is in its way. The client's instructions are counted, because they
 * are the same whatever else the machine does: for eight times as many items, eight times as many. */
const COUNTS = ['few' => 500, 'many' => 4000];

$servers = [new TestServer(), new TestServer()];
foreach ($servers as $server) {
    $socket = stream_socket_client("tcp://$server->host:$server->port");
    $ahead_s = 0;
    foreach (COUNTS as $name => $count) {
        $ahead_s += 3600; /* of what the client has written by then, too */
        $version = (time() + $ahead_s) * 1000000;
        for ($i = 0; $i < $count; $i++) {
            fwrite($socket, "ms $name$i 5 T0 q E$version\r\nahead\r\n");
        }
    }
    fwrite($socket, "mn\r\n");
    echo fgets($socket);
}

/* How many writes a server was asked for. */
function sets(TestServer $server): int
{
    $socket = stream_socket_client("tcp://$server->host:$server->port");
    fwrite($socket, "stats\r\n");
    for ($all = ''; !str_ends_with($all, "END\r\n"); $all .= fgets($socket)) {
    }
    preg_match('/^STAT cmd_set (\d+)/m', $all, $match);
    return (int) $match[1];
}

$before = array_map('sets', $servers);
file_put_contents($script = scratch() . '/script.php', '<?php
    $pool = new Sharedance(true);
    $pool->addServers($argv[1]);
    foreach (' . var_export(COUNTS, true) . ' as $name => $count) {
        $items = [];
        for ($i = 0; $i < $count; $i++) {
            $items["$name$i"] = "new";
        }
        echo $pool->setMulti($items) === $count && $pool->getMulti(array_keys($items)) === $items ? "" : "not stored\n";
    }
');
$file = scratch() . '/counted';
$process = new Process(['valgrind', '--tool=callgrind', "--callgrind-out-file=$file", '--collect-atstart=no', '--quiet',
    '--toggle-collect=zim_Sharedance_setMulti', '--dump-after=zim_Sharedance_setMulti',
    PHP_BINARY, '-n', '-d', 'extension=' . (getenv('SHAREDANCE_SO') ?: root() . '/modules/sharedance.so'),
    '-d', 'sharedance.busy_poll=0', '-d', 'sharedance.timeout=60',
    $script, implode(', ', array_map(fn ($server) => "$server->host:$server->port", $servers))]);
var_dump($process->wait(300));
echo $process->log();
foreach ([1, 2] as $i) {
    preg_match('/^totals: (\d+)/m', (string) file_get_contents("$file.$i"), $match);
    $instructions[] = (int) $match[1] / array_values(COUNTS)[$i - 1];
}
$growth = $instructions[1] / $instructions[0];
echo $growth < 1.1 ? "as many for each\n" : sprintf("%.1f times as many for each of the many: %s\n", $growth, implode(', ', $instructions));
foreach ($servers as $i => $server) {
    $sets = sets($server) - $before[$i];
    echo $sets === 2 * array_sum(COUNTS) ? "two requests for each\n" : "$sets requests\n";
}
?>
--EXPECT--
MN
MN
int(0)
as many for each
two requests for each
two requests for each
