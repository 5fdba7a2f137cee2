--TEST--
a set that looks for nothing does what any other does, across restarts
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

/* A version of a client, so many seconds from now: as text, for it is no integer with 32 bits. */
function version(int $seconds): string
{
    return sprintf('%.0f', (microtime(true) + $seconds) * 1e6);
}

function next_version(string $version): string
{
    return sprintf('%.0f', $version + 1); /* exact up to 2^53 */
}

function answer(TestServer $server, string $request, int $lines = 1): string
{
    return meta(open_meta($server), $request, $lines);
}

[$early, $late, $later] = [version(100), version(200), version(300)];
$ends = [
    'at once' => static fn (TestServer $server) => null,
    'after kill -9' => static function (TestServer $server) {
        $server->kill();
        $server->start();
    },
    'after a stop' => static function (TestServer $server) {
        $server->stop();
        $server->start();
    },
];
foreach ($ends as $when => $end) {
    $server = new TestServer(); /* of which no other version is known */
    fact("$when, a client's version is taken", answer($server, "ms key 1 E$late G c\r\na\r\n") === "HD c$late\r\n");
    $end($server);
    fact("$when, an older one is refused", answer($server, "ms key 1 E$early G\r\nb\r\n") === "EX c$late\r\n");
    fact("$when, the same is refused", answer($server, "ms key 1 E$late G\r\nb\r\n") === "EX c$late\r\n");
    $own = next_version($late);
    fact("$when, the server's own is larger", answer($server, "ms key 1 c\r\nc\r\n") === "HD c$own\r\n");
    fact("$when, a delete with a version is remembered", answer($server, "md key E$later G\r\n") === "HD\r\n");
    $end($server);
    fact("$when, it keeps out what is older", answer($server, "ms key 1 E$late G\r\nd\r\n") === "EX c$later\r\n");
    $newest = next_version($later);
    fact("$when, and nothing newer", answer($server, "ms key 1 E$newest G\r\ne\r\n") === "HD\r\n");
    fact("$when, which is proven", answer($server, "mg key v c G\r\n", 2) === "VA 1 c$newest\r\ne\r\n");
    $server->stop();
}
?>
--EXPECT--
at once, a client's version is taken: yes
at once, an older one is refused: yes
at once, the same is refused: yes
at once, the server's own is larger: yes
at once, a delete with a version is remembered: yes
at once, it keeps out what is older: yes
at once, and nothing newer: yes
at once, which is proven: yes
after kill -9, a client's version is taken: yes
after kill -9, an older one is refused: yes
after kill -9, the same is refused: yes
after kill -9, the server's own is larger: yes
after kill -9, a delete with a version is remembered: yes
after kill -9, it keeps out what is older: yes
after kill -9, and nothing newer: yes
after kill -9, which is proven: yes
after a stop, a client's version is taken: yes
after a stop, an older one is refused: yes
after a stop, the same is refused: yes
after a stop, the server's own is larger: yes
after a stop, a delete with a version is remembered: yes
after a stop, it keeps out what is older: yes
after a stop, and nothing newer: yes
after a stop, which is proven: yes
