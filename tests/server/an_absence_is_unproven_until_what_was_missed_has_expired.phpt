--TEST--
an absence is unproven after a start, in a new directory too, until what was missed has expired
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

const LIFE = 3; /* seconds */

$server = new TestServer(['--expiration=' . LIFE]);
foreach (['in a new directory' => 'lose_data', 'after a restart' => fn () => $server->kill() || $server->start()] as $when => $begin) {
    /* unproven from the start, unless this machine took the whole time for that */
    do {
        $started_after = microtime(true);
        $begin($server);
        $started_before = microtime(true);
        $answer = meta(open_meta($server), "mg absent G\r\n");
    } while ($answer !== "EN U\r\n" && microtime(true) > $started_after + LIFE - 0.1);
    echo "$when: ", $answer;

    $socket = open_meta($server);
    $late = false;
    wait_until(function () use ($socket, $started_before, &$late) {
        $asked_after = microtime(true);
        $unproven = meta($socket, "mg absent G\r\n") !== "EN\r\n";
        $late = $late || $unproven && $asked_after > $started_before + LIFE + 0.002;
        return !$unproven;
    }, 'the end of it');
    fact('not before its time', microtime(true) >= $started_after + LIFE - 0.002);
    fact('and not after', !$late);
    echo 'then: ', meta($socket, "mg absent G O5\r\n");
}
?>
--EXPECT--
in a new directory: EN U
not before its time: yes
and not after: yes
then: EN O5
after a restart: EN U
not before its time: yes
and not after: yes
then: EN O5
