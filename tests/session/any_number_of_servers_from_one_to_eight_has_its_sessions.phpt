--TEST--
any number of servers from one to eight has its sessions
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

$all = servers(8);
for ($count = 1; $count <= 8; $count++) {
    foreach (['0', '1'] as $redundancy) {
        $servers = array_slice($all, 0, $count);
        use_servers($servers);
        ini_set('session.save_path', save_path($servers) . ($count > 2 ? '?weight=2' : ''));
        ini_set('sharedance.session.redundancy', $redundancy);
        $copies = 0;
        for ($i = 0; $i < 20; $i++) {
            $id = "session-$count-$redundancy-$i";
            visit($id, function () use ($id) {
                $_SESSION['id'] = $id;
            });
            if (visit($id) !== ['id' => $id]) {
                echo "LOST $id\n";
            }
            $copies += count(array_filter($servers, fn ($server) => meta_line($server, "mg $id") === 'HD'));
        }
        echo "$count servers, redundancy $redundancy: $copies copies of 20 sessions\n";
    }
}
?>
--EXPECT--
1 servers, redundancy 0: 20 copies of 20 sessions
1 servers, redundancy 1: 20 copies of 20 sessions
2 servers, redundancy 0: 20 copies of 20 sessions
2 servers, redundancy 1: 40 copies of 20 sessions
3 servers, redundancy 0: 20 copies of 20 sessions
3 servers, redundancy 1: 40 copies of 20 sessions
4 servers, redundancy 0: 20 copies of 20 sessions
4 servers, redundancy 1: 40 copies of 20 sessions
5 servers, redundancy 0: 20 copies of 20 sessions
5 servers, redundancy 1: 40 copies of 20 sessions
6 servers, redundancy 0: 20 copies of 20 sessions
6 servers, redundancy 1: 40 copies of 20 sessions
7 servers, redundancy 0: 20 copies of 20 sessions
7 servers, redundancy 1: 40 copies of 20 sessions
8 servers, redundancy 0: 20 copies of 20 sessions
8 servers, redundancy 1: 40 copies of 20 sessions
