--TEST--
large sessions and many of them are as they were written
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--INI--
memory_limit=512M
--FILE--
<?php
require __DIR__ . '/session.inc';

$servers = servers(2);
use_servers($servers);
foreach ([64 << 10, 5 << 20] as $size) {
    $value = random_bytes(1 << 10);
    $value = str_repeat($value, $size >> 10);
    visit("large-$size", function () use ($value) {
        $_SESSION['value'] = $value;
    });
    start("large-$size");
    var_dump($_SESSION['value'] === $value);
    session_write_close();
    $_SESSION = [];
}
echo "larger than any request\n";
start('id');
$_SESSION['value'] = str_repeat('x', 32 << 20);
session_write_close();
$_SESSION = [];
unset($value);

for ($i = 0; $i < 1000; $i++) {
    visit("many-$i", function () use ($i) {
        $_SESSION['i'] = $i;
    });
}
$right = 0;
for ($i = 0; $i < 1000; $i++) {
    $right += visit("many-$i") === ['i' => $i];
}
echo "$right of 1000\n";
?>
--EXPECT--
bool(true)
bool(true)
larger than any request
Warning: session_write_close(): Sharedance failed to write the session (write, after N ms, 33554452 bytes): the session has 33554452 bytes, and 33554421 is the most that is stored
Warning: session_write_close(): Failed to write session data (sharedance). Please verify that the current setting of session.save_path is correct (tcp://127.0.0.1:PORT, tcp://127.0.0.1:PORT)
1000 of 1000
