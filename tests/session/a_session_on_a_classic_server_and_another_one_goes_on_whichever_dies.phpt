--TEST--
a session on a classic server and another one lives on both, and goes on whichever dies
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require __DIR__ . '/session.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/session.inc';

/* No time to live can be kept on the classic one: there it is the server's own. */
$seen = [];
foreach (['the classic one' => 1, 'the other one' => 0] as $which => $dies) {
    $servers = servers(2);
    $classic = classic($servers[1]);
    use_servers([$servers[0], $classic]);
    $ids = [];
    for ($i = 0; count($ids) < 2; $i++) { /* each is the first of one of them */
        $ids += [pool([$servers[0], $classic], true)->getServer("id$i")->port => "id$i"];
    }
    foreach ($ids as $id) {
        foreach ([1, 2] as $visit) {
            visit($id, fn () => $_SESSION['n'] = ($_SESSION['n'] ?? 0) + 1);
        }
        visit($id); /* unchanged: it is prolonged */
        echo json_encode(array_map(fn ($server) => entry($server, $id), $servers)), "\n";
    }
    $servers[$dies]->kill();
    echo "$which dies: ";
    foreach ($ids as $id) {
        $seen[] = visit($id, fn () => $_SESSION['n'] = ($_SESSION['n'] ?? 0) + 1) . ' ' . visit($id)['n'];
    }
    echo implode(', ', array_splice($seen, 0)), "\n";
    $servers[1 - $dies]->kill();
}
?>
--EXPECT--
["n|i:2;","n|i:2;"]
["n|i:2;","n|i:2;"]
the classic one dies: 3 3, 3 3
["n|i:2;","n|i:2;"]
["n|i:2;","n|i:2;"]
the other one dies: 3 3, 3 3
