--TEST--
clients that never say anything make room for new ones, and nobody who is served is closed for them
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer(['--max-connections=6']);

$silent = [];
for ($i = 0; $i < 4; $i++) {
    $silent[] = open_meta($server);
}
$served = open_meta($server);
$answers = ["MN\r\n" => 0];
$new = [];
for ($i = 0; $i < 4; $i++) {
    $new[] = open_meta($server);
    fwrite(end($new), "mn\r\n");
    /* until the new one is answered, too, which may take some seconds for the first */
    for ($until = hrtime(true) + PATIENCE * 1e9; hrtime(true) < $until; usleep(50000)) {
        $answer = meta($served, "mn\r\n");
        $answers[$answer] = ($answers[$answer] ?? 0) + 1;
        $read = [end($new)];
        $none = null;
        if (stream_select($read, $none, $none, 0) === 1) {
            break;
        }
    }
    fact('a new one is served', fgets(end($new)) === "MN\r\n");
}
fact('so is who was served all the time', array_keys($answers) === ["MN\r\n"]);
fact('who never said anything is gone', array_filter($silent, fn ($one) => fgets($one) === false && feof($one)) !== []);
?>
--EXPECT--
a new one is served: yes
a new one is served: yes
a new one is served: yes
a new one is served: yes
so is who was served all the time: yes
who never said anything is gone: yes
