--TEST--
a session costs two round trips with its lock
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

function count_up(): void
{
    $_SESSION['n'] = ($_SESSION['n'] ?? 0) + 1;
}

function show(BrokenServer ...$relays): void
{
    foreach ($relays as $i => $relay) {
        $times = sent($relay);
        echo count($relays) > 1 ? "server $i, " : '', "$times times:\n", asked($relay);
    }
}

/* Every id is 'new'. */
function show_new(BrokenServer $relay): void
{
    echo sent($relay), " times:\n", preg_replace('/(?<=^m[a-z] )\S+/m', 'new', asked($relay));
}

$relay = relayed(new TestServer());
use_servers([$relay]);
visit('id', count_up(...));
asked($relay);
sent($relay); /* the greeting is not to be counted */

echo "changed\n";
visit('id', count_up(...));
show($relay);
echo "not changed\n";
visit('id');
show($relay);
echo "in strict mode\n";
ini_set('session.use_strict_mode', '1');
visit('id', count_up(...));
show($relay);
echo "new, in strict mode, and under a new id\n";
visit('', function () use ($relay): void {
    count_up();
    show_new($relay);
    session_regenerate_id();
    show_new($relay);
});
show_new($relay);
ini_set('session.use_strict_mode', '0');
echo "a call about another id\n";
$session = new SharedanceSession(pool([$relay]));
$session->open('', '');
$session->read('id');
asked($relay);
sent($relay);
$session->write('other', 'n|i:1;');
show($relay);
$session->close();
echo "on two servers, which are asked at the same time\n";
$relays = [relayed(new TestServer()), relayed(new TestServer())];
use_servers($relays);
visit('id', count_up(...));
array_map(asked(...), $relays);
array_map(sent(...), $relays);
visit('id', count_up(...));
show(...$relays);
?>
--EXPECT--
changed
2 times:
mn
ml id T W
mg id v c t G
ms id 6 T H
n|i:2;
mu id
not changed
2 times:
mn
ml id T W
mg id v c t G
mg id c t T G
mu id
in strict mode
2 times:
mn
ml id T W
mg id v c t G
ms id 6 T H
n|i:3;
mu id
new, in strict mode, and under a new id
1 times:
mn
ml new T W
mg new v c t G
2 times:
ms new 6 T H
n|i:1;
mu new
mn
ml new T W
mg new v c t G
1 times:
ms new 6 T H
n|i:1;
mu new
a call about another id
2 times:
mn
ml other T W
mg other v c t G
ms other 6 c T H
n|i:1;
mu other
on two servers, which are asked at the same time
server 0, 2 times:
ml id T
mg id c t G
ms id 6 T E G H
n|i:2;
mu id
server 1, 2 times:
ml id T
mg id v c t G
ms id 6 T E G H
n|i:2;
mu id
