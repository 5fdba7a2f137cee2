--TEST--
12 clients that send values which --memory does not hold together all store them, while short requests of others are answered
--SKIPIF--
<?php
require __DIR__ . '/server.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

const CLIENTS = 12;
const LENGTH = 25000000;

putenv('SHAREDANCED'); /* the server as users have it: a sanitizer's allocator gives memory back by rules of its own */
$server = new TestServer(['--memory=64M']);
$honest = open_meta($server);
$data = value_of('key', LENGTH) . "\r\n"; /* of all of them: PHP has a limit, too */
$clients = [];
$answers = array_fill(0, CLIENTS, '');
for ($i = 0; $i < CLIENTS; $i++) {
    $clients[$i] = dial($server);
    stream_set_blocking($clients[$i], false);
    fwrite($clients[$i], "ms key$i " . LENGTH . "\r\n");
    $sent[$i] = 0;
}
$most = 0;
$short = true;
$deadline = microtime(true) + 4 * PATIENCE;
while (in_array('', $answers, true) && microtime(true) < $deadline) {
    $readable = array_filter($clients, fn ($i) => $answers[$i] === '', ARRAY_FILTER_USE_KEY);
    $writable = array_filter($clients, fn ($i) => $sent[$i] < LENGTH + 2 && $answers[$i] === '', ARRAY_FILTER_USE_KEY);
    $none = [];
    stream_select($readable, $writable, $none, 0, 100000);
    foreach ($writable as $i => $client) {
        $written = @fwrite($client, substr($data, $sent[$i], 1 << 20));
        $sent[$i] += (int) $written;
    }
    foreach ($readable as $i => $client) {
        $line = fgets($client);
        $answers[$i] = $line === false ? (feof($client) ? 'closed' : '') : $line;
    }
    $most = max($most, (int) status_line($server->process->pid, 'RssAnon'));
    $short = $short && meta($honest, "ms short 1\r\nx\r\n") === "HD\r\n";
}
fact('all are stored', array_count_values($answers) === ["HD\r\n" => CLIENTS]);
fact('short requests were answered', $short);
fact('within --memory', $most < 64 << 10);
fact('nobody was closed', lines($server, '/closed/') === 0);
fact('they are there', array_sum(array_map(fn ($i) => meta($honest, "mg key$i s\r\n") === 'HD s' . LENGTH . "\r\n" ? 1 : 0, range(0, CLIENTS - 1))) === CLIENTS);
?>
--EXPECT--
all are stored: yes
short requests were answered: yes
within --memory: yes
nobody was closed: yes
they are there: yes
