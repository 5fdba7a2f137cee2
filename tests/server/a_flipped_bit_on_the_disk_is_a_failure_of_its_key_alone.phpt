--TEST--
a flipped bit on the disk is a failure of its key alone, until the key is written again
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/server.inc';

/* Flips a bit of each of some bytes of a data file, which nobody has open. */
function flip(string $file, string $of, int $offset): void
{
    $bytes = file_get_contents($file);
    for ($at = -1; ($at = strpos($bytes, $of, $at + 1)) !== false;) {
        $bytes[$at + $offset] = chr(ord($bytes[$at + $offset]) ^ 4);
    }
    file_put_contents($file, $bytes);
}

$short = str_repeat('short', 10);
$long = str_repeat('rather long', 1000);
$longest = str_repeat('the longest', 4000); /* in the file of values */
$whole = str_repeat('as it was', 70000); /* longer than what is read at once */
$ended = $whole . 'with another end';
$server = new TestServer();
$socket = open_meta($server);
foreach (['short' => $short, 'long' => $long, 'longest' => $longest, 'row' => 'in front of the value',
    'whole' => $whole, 'ended' => $ended, 'other' => 'whole'] as $key => $value) {
    meta($socket, "ms $key " . strlen($value) . " E77\r\n$value\r\n");
}
$server->stop();
flip("$server->directory/data.mdb", $short, 7);
flip("$server->directory/data.mdb", $long, 700);
flip("$server->directory/sharedanced.values", $longest, 7000);
flip("$server->directory/sharedanced.values", 'with another end', 15);
flip("$server->directory/data.mdb", 'in front of the value', -20); /* in its checks and its row */
$server->start();

$socket = open_meta($server);
foreach (['short', 'long', 'longest', 'row'] as $key) {
    echo "$key: ", trim(preg_replace('/ERROR .*/', 'ERROR', meta($socket, "mg $key v\r\n"))), "\n";
}
echo 'one that asks for no value: ', preg_replace('/ERROR .*/', 'ERROR', meta($socket, "mg whole s\r\nmg ended s\r\n", 2));
echo 'other: ', rawurlencode(meta($socket, "mg other v\r\n", 2)), "\n";
/* what depends on it cannot be done; what does not replaces it, whatever version it had */
echo 'append: ', preg_replace('/ERROR .*/', 'ERROR', trim(meta($socket, "ms short 1 MA\r\nx\r\n"))), "\n";
echo 'a set with G: ', trim(meta($socket, "ms short 3 E5 G\r\nnew\r\n")), "\n";
echo 'a plain one: ', trim(meta($socket, "ms long 3\r\nnew\r\n")), "\n";
echo 'the same version: ', trim(meta($socket, "ms longest " . strlen($longest) . " E77 G\r\n$longest\r\n")), "\n";
echo 'a delete: ', trim(meta($socket, "md row E99 G\r\n")), "\n";
echo rawurlencode(meta($socket, "mg short v\r\n", 2)), ' ', rawurlencode(meta($socket, "mg long v\r\n", 2)), ' ',
    trim(meta($socket, "mg row v\r\n")), "\n";
fact('the longest is there again', meta($socket, "mg longest v\r\n", 2) === 'VA ' . strlen($longest) . "\r\n$longest\r\n");
$server->stop();
$server->start();
$socket = open_meta($server);
echo rawurlencode(meta($socket, "mg short v\r\n", 2)), ' ', rawurlencode(meta($socket, "mg long v\r\n", 2)), "\n";
fact('the longest, too', meta($socket, "mg longest v\r\n", 2) === 'VA ' . strlen($longest) . "\r\n$longest\r\n");
$server->stop();

/* through PHP: the other copy is served, and replaces the damaged one */
start_on_own_clock();
$servers = servers(2);
$cache = pool($servers, true);
foreach (['data.mdb' => $short, 'sharedanced.values' => $longest] as $file => $value) {
    $cache->set('key', $value);
    foreach ([0, 1] as $damaged) {
        $servers[$damaged]->stop();
        flip("{$servers[$damaged]->directory}/$file", $value, 7);
        $servers[$damaged]->start();
        time_passes(SETTLING);
        $cache = pool($servers, true);
        echo $cache->get('key') === $value ? 'the other copy' : 'WRONG', ', ';
        $reply = 'VA ' . strlen($value) . "\r\n$value\r\n";
        echo meta(open_meta($servers[$damaged]), "mg key v\r\n", 2) === $reply ? 'repaired' : 'NOT REPAIRED', "\n";
    }
}
?>
--EXPECT--
short: SERVER_ERROR
long: SERVER_ERROR
longest: SERVER_ERROR
row: SERVER_ERROR
one that asks for no value: HD s630000
SERVER_ERROR
other: VA%205%0D%0Awhole%0D%0A
append: SERVER_ERROR
a set with G: HD
a plain one: HD
the same version: HD
a delete: HD
VA%203%0D%0Anew%0D%0A VA%203%0D%0Anew%0D%0A EN
the longest is there again: yes
VA%203%0D%0Anew%0D%0A VA%203%0D%0Anew%0D%0A
the longest, too: yes
the other copy, repaired
the other copy, repaired
the other copy, repaired
the other copy, repaired
