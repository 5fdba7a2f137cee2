--TEST--
a tombstone is remembered for as long as it is asked to be, and at least as long as its entry would have lived
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

const DAY = 86400;

$server = new TestServer(['--expiration=300']);

/* Whether it is remembered for so many seconds, the test's own time set aside. */
function is_remembered(string $key, int $seconds): bool
{
    global $server;
    return preg_match('/^EN t(\d+)$/', meta_line($server, "mg $key t G"), $match)
        && $match[1] <= $seconds && $match[1] > $seconds - 60;
}

/* Deletes $key, which was there for $life, or not (null), and says how long that is remembered. */
function remembered(string $what, ?string $life, string $flags, int $seconds): void
{
    global $server;
    static $count = 0;
    $key = 'key' . ++$count;
    if ($life !== null) {
        $socket = open_meta($server);
        meta($socket, "ms $key 1 T$life E1000\r\nx\r\n");
    }
    meta_line($server, "md $key E2000 $flags");
    fact($what, is_remembered($key, $seconds));
}

remembered('of nothing, unless it is said', null, '', 300);
remembered('seconds', null, 'T1000', 1000);
remembered('a date that is further off is a month', null, 'T' . time() + 60 * DAY, 30 * DAY);
remembered('as long as a number is', null, 'T4294967295', 30 * DAY);
remembered('a date in the past is none', null, 'T' . time() - DAY, 300);
remembered('less than 0 is none', null, 'T-1', 300);
remembered('0: it may live for ever elsewhere', null, 'T0', 30 * DAY);
remembered('of what lives longer', '5000', 'T1000', 5000);
remembered('of what lives shorter', '1000', 'T5000', 5000);
remembered('of what lives for ever', '0', '', 30 * DAY);
remembered('of nothing, when there is what lives for ever', null, '', 30 * DAY);
?>
--EXPECT--
of nothing, unless it is said: yes
seconds: yes
a date that is further off is a month: yes
as long as a number is: yes
a date in the past is none: yes
less than 0 is none: yes
0: it may live for ever elsewhere: yes
of what lives longer: yes
of what lives shorter: yes
of what lives for ever: yes
of nothing, when there is what lives for ever: yes
