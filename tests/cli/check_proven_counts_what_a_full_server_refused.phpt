--TEST--
check --proven counts what a full server refused, until it has that or a client has compared
--SKIPIF--
<?php
require __DIR__ . '/cli.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/cli.inc';

/* The other server would be taken down if it says OK. */
function check_proven(TestServer ...$servers): void
{
    [$status, $out] = tool(['check', '--latency=50,60', '--full=200,300', '--clock=90000,90000', '--proven', '--servers=' . list_of(...$servers)]);
    echo $status, ' ', normal(explode(' | ', rtrim($out))[0]), "\n";
}

function stats_count(TestServer $server): int
{
    preg_match('/^STAT unproven_items (\d+)/m', ask($server, "stats\r\nquit\r\n"), $match);
    preg_match('/ u(\d+) /', ask($server, "mn sharedance\r\nquit\r\n"), $greeting);
    return $match[1] === $greeting[1] ? (int) $match[1] : -1;
}

/* So that no value of 9000 bytes fits. */
function fill(TestServer $server): void
{
    $socket = open_meta($server);
    foreach ([10000, 100] as $length) {
        for ($i = 0; meta($socket, "ms filler$length-$i $length T500\r\n" . str_repeat('x', $length) . "\r\n") === "HD\r\n"; $i++) {
        }
    }
}

function free(TestServer $server): void
{
    $socket = open_meta($server);
    foreach ([10000, 100] as $length) {
        for ($i = 0; meta($socket, "md filler$length-$i x\r\n") === "HD\r\n"; $i++) {
        }
    }
}

start_on_own_clock();
$both = [new TestServer(['--expiration=1']), $small = new TestServer(['--maxsize=1M', '--expiration=1'])];
[$other] = $both;
time_passes(600); /* absences are proven */
$list = '--servers=' . list_of(...$both);
show_tool(['set', $list, '--ttl=300', 'old'], 'before');
check_proven(...$both);

$refuse = function () use ($small, $list): void {
    fill($small);
    show_tool(['set', $list, '--ttl=300', 'old'], str_repeat('new', 3000));
    show_tool(['set', $list, '--ttl=300', 'absent'], str_repeat('new', 3000));
};
$get = function (string ...$keys) use ($list): void {
    foreach ($keys as $key) {
        [$status, $out] = tool(['get', $list, $key]);
        echo "$key: ", $out === '' ? 'nothing' : substr($out, 0, 6), ", status $status\n";
    }
};

echo "refused, and then read by a client, which repairs\n";
$refuse();
check_proven(...$both);
free($small);
check_proven(...$both);
fact('both numbers', stats_count($small) === 2);
fact('read', substr(pool($both, true)->get('old') . pool($both, true)->get('absent'), 8998, 4) === 'ewne');
check_proven(...$both);
fact('both numbers', stats_count($small) === 0);

echo "refused, until it has expired on the other server\n";
fill($small);
show_tool(['set', $list, '--ttl=3000', 'unread'], str_repeat('new', 3000));
free($small);
check_proven(...$both);
time_passes(2900);
fact('counted', stats_count($small) === 1);
time_passes(200);
fact('not counted', stats_count($small) === 0);
check_proven(...$both);

echo "refused, and the other server dies\n";
show_tool(['set', $list, '--ttl=300', 'old'], 'before');
tool(['delete', $list, 'absent']);
check_proven(...$both);
$refuse();
free($small);
check_proven(...$both);
$other->kill();
$get('old', 'absent', 'never');
?>
--EXPECTF--
status 0
0 SHAREDANCE OK - 2 of 2 servers are well
refused, and then read by a client, which repairs
 sharedance: stored on 1 of 2 servers
status 1
 sharedance: stored on 1 of 2 servers
status 1
1 SHAREDANCE WARNING - [SERVER] has 2 unproven entries
1 SHAREDANCE WARNING - [SERVER] has 2 unproven entries
both numbers: yes
read: yes
0 SHAREDANCE OK - 2 of 2 servers are well
both numbers: yes
refused, until it has expired on the other server
 sharedance: stored on 1 of 2 servers
status 1
1 SHAREDANCE WARNING - [SERVER] cannot prove for %d s that an entry is absent, [SERVER] has 1 unproven entries, [SERVER] cannot prove for %d s that an entry is absent
counted: yes
not counted: yes
0 SHAREDANCE OK - 2 of 2 servers are well
refused, and the other server dies
 status 0
0 SHAREDANCE OK - 2 of 2 servers are well
 sharedance: stored on 1 of 2 servers
status 1
 sharedance: stored on 1 of 2 servers
status 1
1 SHAREDANCE WARNING - [SERVER] has 2 unproven entries
old: before, status 3
absent: nothing, status 3
never: nothing, status 1
