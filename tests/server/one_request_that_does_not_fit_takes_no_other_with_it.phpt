--TEST--
one request that does not fit takes no other with it
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer(['--maxsize=1M']);
$socket = open_meta($server);
$large = str_repeat('x', 900000);
$requests = '';
for ($i = 0; $i < 20; $i++) {
    $requests .= "ms small$i 5\r\nvalue\r\n";
    $requests .= "ms large$i " . strlen($large) . "\r\n$large\r\n";
}
fwrite($socket, $requests);
$answers = '';
for ($i = 0; $i < 40; $i++) {
    $answers .= fgets($socket);
}
fact('each small one is stored', substr_count($answers, "HD\r\n") >= 20);
fact('most large ones are refused', substr_count($answers, "SERVER_ERROR the store is full: ") >= 18);
fact('none is left out', substr_count($answers, "\n") === 40);
for ($i = 0, $found = 0; $i < 20; $i++) {
    $found += meta($socket, "mg small$i v\r\n", 2) === "VA 5\r\nvalue\r\n";
}
fact('and all that was acknowledged is there', $found === 20);
echo 'too large at all: ', meta($socket, "ms huge 33554433\r\n");
fact('then it is closed', fgets($socket) === false);
?>
--EXPECT--
each small one is stored: yes
most large ones are refused: yes
none is left out: yes
and all that was acknowledged is there: yes
too large at all: SERVER_ERROR object too large for cache
then it is closed: yes
