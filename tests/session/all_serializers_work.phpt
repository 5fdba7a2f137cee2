--TEST--
all serializers work
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/session.inc';

class Thing
{
    public array $list = [1, 'two', 3.0, null, true];
}

$server = new TestServer();
use_servers([$server]);
$value = ['thing' => new Thing(), 'bytes' => "\0\r\n\xff", 'empty' => []];
foreach (['php', 'php_serialize', 'php_binary'] as $name) {
    ini_set('session.serialize_handler', $name);
    $id = strtr("id-$name", '_', '-');
    visit($id, function () use ($value) {
        $_SESSION = $value;
    });
    $_SESSION = [];
    start($id);
    echo "$name: ", $_SESSION == $value ? 'as it was' : 'CHANGED';
    session_write_close();
    echo ', ', strlen((string) entry($server, $id)), " bytes\n";
}
?>
--EXPECT--
php: as it was, 112 bytes
php_serialize: as it was, 136 bytes
php_binary: as it was, 112 bytes
