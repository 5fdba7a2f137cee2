--TEST--
what was not compared since the start is told as unproven, and only to who asks with G
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer();
$show = function (string $when) use (&$server) {
    $socket = open_meta($server);
    echo "$when\n";
    echo meta($socket, "mg entry k v O1 c G\r\n", 2), meta($socket, "mg deleted k O2 c G\r\n");
    echo meta($socket, "mg absent k O3 c G\r\n"), meta($socket, "mg absent G\r\n");
    echo meta($socket, "mg made-anew c G\r\n");
    echo 'without G: ', meta($socket, "mg entry v c\r\n", 2), meta($socket, "mg deleted c O4\r\n"), meta($socket, "mg absent O5 k\r\n");
    fact('and by the classic protocol', request($server, fetch('entry')) === 'value' && request($server, fetch('absent')) === '');
};

$socket = open_meta($server);
meta($socket, "ms entry 5 E100\r\nvalue\r\nmd deleted E200\r\nms made-anew 1 E300\r\nx\r\nmd made-anew I E400\r\n", 4);
meta($socket, "ms stale 1 E300\r\nx\r\nmd stale I E500\r\n", 2);
$show('in a new directory');

$server->kill();
$server->start();
$show('after kill -9');
echo 'behind all else: ', meta(open_meta($server), "mg stale c G\r\n");

$server->stop();
$server->start();
$show('after SIGTERM');

/* nor does one know more that was never written to */
$server = new TestServer();
echo 'in another new directory: ', meta(open_meta($server), "mg absent G\r\n");
$server->kill();
$server->start();
echo 'after kill -9: ', meta(open_meta($server), "mg absent G\r\n");
?>
--EXPECT--
in a new directory
VA 5 kentry O1 c100
value
EN kdeleted O2 c200
EN kabsent O3 U
EN U
HD c400 X W
without G: VA 5 c100
value
EN O4
EN O5 kabsent
and by the classic protocol: yes
after kill -9
VA 5 kentry O1 c100 U
value
EN kdeleted O2 c200 U
EN kabsent O3 U
EN U
HD c400 Z X U
without G: VA 5 c100
value
EN O4
EN O5 kabsent
and by the classic protocol: yes
behind all else: HD c500 X W U
after SIGTERM
VA 5 kentry O1 c100 U
value
EN kdeleted O2 c200 U
EN kabsent O3 U
EN U
HD c400 Z X U
without G: VA 5 c100
value
EN O4
EN O5 kabsent
and by the classic protocol: yes
in another new directory: EN U
after kill -9: EN U
