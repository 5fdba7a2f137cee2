--TEST--
the meta protocol's answers are memcached's, byte for byte, where docs/protocol.md names no difference
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
if (trim((string) shell_exec('command -v memcached')) === '') {
    die('skip memcached is needed to compare with');
}
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

const KEY_250 = 'kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk';
const OPAQUE_31 = 'ooooooooooooooooooooooooooooooo';

/* Requests in order, each line on a connection of its own; behind some the version of memcached
 * that first answered so. */
const SCRIPT = [
    ["mn\r\n"], ["mnx\r\n"],
    ["mg foo v\r\n"], ["mg foo\r\n"], ["mg miss q v\r\n"], ["mg miss k O9 v\r\n"], ["mg miss O9 k q\r\n"],
    ["ms foo 2 T0\r\nhi\r\n"], ["ms foo 2 c T90 F5 k O123\r\nhi\r\n"],
    ["ms foo 2 c T90 F5 k O123 s\r\nhi\r\n", '1.6.38'],
    ["mg foo v c f h l k O1 s t\r\n"], ["mg foo v h l t\r\n"], ["mg foo u h\r\n"], ["mg foo s v q k\r\n"], ["mg foo q\r\n"],
    ["ms foo 2 T60\r\nhi\r\nmg foo h u\r\nmg foo h u\r\nmg foo\r\nmg foo h\r\n"],
    ["md foo q k\r\n"], ["md foo k O7\r\n"], ["md foo q\r\n", '1.6.38'],
    ["ms foo 2 ME T60\r\nab\r\n"], ["ms foo 2 ME k O1\r\nab\r\n"], ["ms foo 2 Me q\r\nab\r\n"],
    ["ms foo 1 MA c\r\nc\r\n"], ["ms foo 1 MA s\r\nc\r\n", '1.6.38'], ["mg foo v t\r\n"],
    ["ms foo 1 MP T5\r\nz\r\n"], ["mg foo v c t\r\n"],
    ["ms foo 1 MR C1\r\nz\r\n"], ["ms nope 1 MR\r\nz\r\n"], ["ms nope 1 C5\r\nz\r\n"], ["ms nope 1 C5 q\r\nz\r\n"],
    ["ms foo 1 C1 c k\r\nz\r\n"], ["ms foo 1 ME c\r\nz\r\n"], ["ms nope 1 C3 c\r\nz\r\n"], ["ms foo 1 C1 s\r\nz\r\n", '1.6.38'],
    ["ms foo 1 C1\r\nz\r\n"], ["ms foo 1 C1 q\r\nz\r\n"], ["ms nope 1 MA\r\nz\r\n"], ["ms nope 1 MP q\r\nz\r\n"],
    ["ms nope 1 MA N30\r\nz\r\nmg nope v t\r\nmd nope\r\n", '1.6.38'],
    ["ma cnt\r\n"], ["ma cnt q\r\n"], ["ma cnt N0 J13 v\r\n"], ["ma cnt v D5 t c k O3\r\n"], ["ma cnt MD D7 v\r\n"],
    ["ma cnt MD D100 v\r\n"], ["ma cnt M- v\r\n"], ["ma cnt M+ v\r\n"], ["ma cnt mi v\r\n"], ["ma cnt q\r\n"], ["ma cnt q v\r\n"],
    ["ma cnt C1\r\n"], ["ma cnt C1 q\r\n"], ["ma cnt T90 t v\r\n"], ["mg cnt t\r\n"], ["ma cnt T0 t\r\n"],
    ["ma foo v\r\n"], ["ma cnt Dx\r\n"], ["ma cnt MX\r\n"], ["ma cnt N\r\n"], ["ma cnt D-1\r\n"], ["ma\r\n"],
    ["ms n 20 T0\r\n18446744073709551615\r\nma n v\r\n"], ["ms n 3 T0\r\n 12\r\nma n v\r\n"], ["ms n 3 T0\r\n12 \r\nma n v\r\n"],
    ["ms n 0 T0\r\n\r\nma n v\r\n"], ["ms n 21 T0\r\n118446744073709551615\r\nma n v\r\n"],
    ["ms n 20 T0\r\n99999999999999999999\r\nma n v\r\n"], ["ma m N30 J7 t c v\r\nma m N30 T90 t v\r\n"],
    ["ma m D18446744073709551615 v\r\n"], ["ma m D0 v T0 t\r\n"],
    ["ms e 1 E1000 c T0\r\nx\r\nmg e c v\r\n", '1.6.38'], ["ms e 1 E1700000000000000 c T0\r\nx\r\nmg e c\r\n", '1.6.38'],
    ["ms e 1 E18446744073709551616 c\r\nx\r\n", '1.6.38'], ["ms e 1 E1000 T0\r\nx\r\nma e E7777\r\n", '1.6.38'],
    ["md e I x E2000 T30\r\n", '1.6.38'], ["mg e v c t f s\r\n", '1.6.38'], ["mg e v c t\r\n", '1.6.38'],
    ["ms e 1 C1500 I E3000 c T0\r\ny\r\n", '1.6.38'], ["mg e v c\r\n", '1.6.38'], ["ms e 1 C9000 I E3001 c T0\r\ny\r\n", '1.6.38'],
    ["ms e 1 C1 I E1010 c T0\r\nq\r\n", '1.6.38'], ["mg e v c\r\n", '1.6.38'],
    ["ms x 5 T0 F9\r\nhello\r\nmd x x\r\nmg x v f t\r\n", '1.6.38'], ["md x C99 x\r\n", '1.6.38'],
    ["mg viv N30 v t\r\n"], ["mg viv N30 v t\r\n"], ["mg viv v k\r\n"], ["md viv\r\n"], ["mg viv2 N30 k O1\r\n"],
    ["ms r 1 T60\r\nx\r\nmg r R30 t\r\nmg r R100 t\r\nmg r R100 t\r\n"], ["ms r 1 T0\r\nx\r\nmg r R100 v\r\n"],
    ["mg r T30 t\r\n"], ["mg r t\r\n"], ["mg r T0 t\r\n"], ["mg r T-1\r\nmg r\r\n"],
    ["ms s 1 T100\r\nx\r\nmd s I\r\nmg s v t\r\nmg s v t\r\nms s 1 T50\r\ny\r\nmg s v t\r\n"], ["md s I T10\r\nmg s t\r\n"], ["md s T5\r\nmg s v\r\n"],
    ["ms s 1 T0\r\nx\r\nmd s I\r\nms s 1 ME\r\ny\r\nmg s v\r\n"], ["ms s 1 C0 T0\r\nx\r\nmg s k\r\n"], ["ms t 1 C0 I\r\nx\r\n"], ["ms t 1 I T0\r\nx\r\nmg t v\r\n"],
    ["ms foo\r\n"], ["ms foo x\r\n"], ["ms foo -1\r\n"], ["ms foo 2\r\nabc\r\n"], ["ms foo S2\r\nab\r\n"], ["ms\r\n"], ["md\r\n"], ["mg \r\n"], ["mg\r\n"],
    ["mg " . KEY_250 . " v k\r\n"], ["mg " . KEY_250 . "k v\r\n"], ["ms " . KEY_250 . " 1 T0\r\nx\r\nmg " . KEY_250 . " v\r\n"],
    ["mg foo v v\r\n"], ["mg foo !\r\n"], ["mg foo z\r\n"], ["mg foo S\r\n"], ["mg foo q Zz\r\n"], ["mg foo U5\r\n"], ["mg miss k U5 O1\r\n"], ["md foo M\r\n"], ["md foo q q\r\n"], ["ma cnt v v\r\n"],
    ["mg foo O" . OPAQUE_31 . "\r\n"], ["mg foo O" . OPAQUE_31 . "o\r\n"], ["mg foo k O\r\n"], ["mg foo O1 O1\r\n"],
    ["ms foo 3 Tabc\r\nabc\r\n"], ["ms foo 3 T-1\r\nabc\r\nmg foo v\r\n"], ["ms foo 3 Fx\r\nabc\r\n"], ["mg foo Tx\r\n"], ["mg foo T v\r\n"],
    ["ms foo 3 MZ\r\nabc\r\n"], ["ms foo 3 M\r\nabc\r\n"], ["ms foo 3 C\r\nabc\r\n"], ["ms foo 1 F4294967295 T0\r\nx\r\nmg foo f\r\n"],
    ["ms foo 1 T2592000\r\nx\r\nmg foo t\r\n"], ["mg foo v\n"], ["mg foo  v\r\n"], ["mg  foo v\r\n"], ["mg foo v \r\n"], ["ms  a   1   T5  \r\nx\r\nmg a v\r\n"],
    ["ms foo 3 q T0\r\nabc\r\n"], ["ms foo 3 q ME\r\nabc\r\n"], ["mg foo Pxx Lyy v\r\n"],
    ["mg Zm9v b v k\r\n"], ["mg foo v k b\r\n"], ["mg Zm9 b v k\r\n"], ["mg !!!! b v k\r\n"], ["ms Zm9v 3 b k T0\r\nbin\r\n"], ["mg Zm9v b v k\r\n"],
    ["mg foo k\r\n"], ["md Zm9v b k O1\r\n"], ["mg Zm9v b k\r\n"], ["ma YmJi b k N0\r\nmg YmJi b v\r\n"], ["ms AAEC 1 b T0\r\nx\r\nmg AAEC b k v\r\n"],
    ["ma cnt Mi\r\n"], ["ma cnt MII\r\n"], ["ma cnt M\r\n"], ["ma a b\r\n"], ["md a b\r\n"], ["md foo Tx\r\n"], ["md foo Cx\r\n"],
    ["ms cas 1 ME C5 T0\r\nx\r\nms cas 1 ME C5\r\ny\r\nmd cas\r\nms cas 1 MA C5\r\nx\r\nms cas 1 MP C5\r\nx\r\nms cas 1 MR C5\r\nx\r\n"],
    ["ms cas 1 T0\r\n1\r\nms cas 1 MA C0\r\n2\r\nma cas C0 v\r\nms cas 1 C0\r\nx\r\nmd cas C0\r\nms cas 1 MA C7 I\r\nx\r\n"],
    ["ms cas 0 T0\r\n\r\nma cas C7\r\nms cas 1 T0\r\nx\r\nma cas C7\r\n"],
    ["mg won N30 h\r\nmg won h u\r\nms won 1 MA\r\n1\r\nmg won\r\n"], ["mg won2 N30 u\r\nmg won2 h u\r\n"],
    ["mg won3 N30\r\nmd won3 x\r\nmg won3\r\nmd won3 I\r\nmg won3\r\nmd won3 I x\r\nmg won3\r\nmg won3\r\n", '1.6.38'],
    ["ms late 2 E2000 T60\r\n99\r\nms late 3 E1000 C1000 I T100\r\nold\r\nmg late v t\r\nmg late\r\nms late 3 E900 C900 I\r\nold\r\nmg late t\r\n", '1.6.38'],
    ["verbosity 1\r\n"], ["verbosity\r\n"], ["verbosity x\r\n"], ["mg a\r\nmg b k\r\nmn\r\nmg c k\r\n"], ["foo\r\n", '', "mn\r\n"], ["\r\n", '', "mn\r\n"], ["MG foo\r\n", '', "mn\r\n"],
    ["mg foo v\r\nquit\r\n"], ["quit foo\r\n"],
];
/* What memcached has other words for since some version after 1.6.38; ours are those of 1.6.38. */
const ANSWERED_OTHERWISE_SINCE = [
    "ma\r\n", "ms foo 2\r\nabc\r\n", "ms\r\n", "md\r\n", "mg \r\n", "mg\r\n", "mg foo !\r\n", "md foo M\r\n", "md foo q q\r\n",
    "mg foo O" . OPAQUE_31 . "\r\n", "mg foo k O\r\n", "ms foo 3 M\r\nabc\r\n", "ma cnt MII\r\n", "ma cnt M\r\n", "md a b\r\n",
    "md foo Tx\r\n", "md foo Cx\r\n", "verbosity\r\n", "\r\n",
];

/* A request on a connection of its own, with mn behind it to know where the answer ends. */
function converse(string $address, string $request, string $before): string
{
    $socket = dial($address);
    say($socket, $before . $request . "mn\r\n");
    stream_set_blocking($socket, true);
    stream_set_timeout($socket, 5);
    for ($answer = ''; !str_ends_with($answer, "MN\r\n") || substr_count($answer, "MN\r\n") < substr_count("$before$request", "mn\r\n") + 1;) {
        $read = fread($socket, 65536);
        if ($read === '' || $read === false) {
            return $answer . '<closed>';
        }
        $answer .= $read;
    }
    return $answer;
}

/* Versions are each server's own: they become the order of their appearance. Seconds left may
 * differ by one, seconds since by two. */
class Normal
{
    /* those that the script gives, and the one of what was not stored */
    private const GIVEN = ['0', '900', '1000', '1010', '2000', '3000', '7777', '1700000000000000'];

    private array $versions = [];

    public function of(string $answer): string
    {
        $answer = preg_replace_callback('/ c(\d+)/', function ($match) {
            if (in_array($match[1], self::GIVEN, true)) {
                return $match[0];
            }
            return ' c#' . ($this->versions[$match[1]] ??= count($this->versions));
        }, $answer);
        $answer = preg_replace_callback('/ t(\d+)/', fn ($match) => ' t' . 10 * ceil($match[1] / 10), $answer);
        return preg_replace('/ l[012](?= |\r)/', ' l~', $answer);
    }
}

$path = scratch() . '/memcached.sock';
$memcached = new Process(['memcached', '-u', 'root', '-s', $path]);
wait_until(fn () => @stream_socket_client("unix://$path"), 'memcached');
$server = new TestServer(['--unix-socket=' . scratch() . '/ours.sock']);
$ours = 'unix://' . scratch() . '/ours.sock';
preg_match('/VERSION (\S+)/', converse("unix://$path", "version\r\n", ''), $version);

$normal = [new Normal(), new Normal()];
$compared = 0;
foreach (SCRIPT as $row) {
    [$request, $since, $before] = $row + ['', '', ''];
    if ($since !== '' && version_compare($version[1], $since, '<')) {
        continue;
    }
    if (in_array($request, ANSWERED_OTHERWISE_SINCE, true) && version_compare($version[1], '1.6.38', '>')) {
        continue;
    }
    $theirs = $normal[0]->of(converse("unix://$path", $request, $before));
    $mine = $normal[1]->of(converse($ours, $request, $before));
    $compared++;
    if ($theirs !== $mine) {
        echo json_encode($request), "\n  memcached: ", json_encode($theirs), "\n  ours:      ", json_encode($mine), "\n";
    }
}
fact('more than a hundred answers are compared', $compared > 100);
?>
--EXPECT--
more than a hundred answers are compared: yes
