--TEST--
the client and the server of 0.1.0 work with today's
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require __DIR__ . '/versions.inc';
skip_unless_sharedanced();
if (($reason = no_old_version_because()) !== null) {
    die("skip $reason");
}
?>
--FILE--
<?php
require __DIR__ . '/versions.inc';

/* What docs/upgrading.md promises: each client does all that it can do with each server, what one client wrote the other
 * one reads, and one of two servers may be of the other version. */
const WRITE = <<<'PHP'
    echo $pool->set("plain-$who", 'value', 60), $pool->set("deleted-$who", 'value'), json_encode($pool->delete("deleted-$who")),
        json_encode($pool->add("added-$who", 'value')), $pool->set("number-$who", '41'), $pool->increment("number-$who"), ' ';
    ini_set('session.save_handler', 'sharedance');
    ini_set('session.save_path', $list);
    session_id("session0$who");
    session_start();
    $_SESSION['visits'] = 1;
    session_write_close();
    PHP;
const READ = <<<'PHP'
    echo $pool->get("plain-$who"), json_encode($pool->get("deleted-$who")), json_encode($pool->add("added-$who", 'again')),
        $pool->get("number-$who"), ' ';
    ini_set('session.save_handler', 'sharedance');
    ini_set('session.save_path', $list);
    session_id("session0$who");
    session_start();
    echo $_SESSION['visits'] ?? 'no session', "\n";
    session_write_close();
    PHP;

$old = build_old_version();
$clients = ['0.1.0' => $old['extension'], 'today' => extension_options()[1]];
$clients['today'] = substr($clients['today'], strlen('extension='));
$pools = [
    'servers of today' => fn () => servers(2),
    'servers of 0.1.0' => fn () => [new OldServer($old['server']), new OldServer($old['server'])],
    'a server of each' => fn () => [new OldServer($old['server']), new TestServer()],
];
foreach ($pools as $name => $make) {
    $servers = $make();
    foreach ($clients as $writer => $extension) {
        $who = '$who = ' . var_export(strtr($writer, '.', '-'), true) . ';';
        echo "$name, written by $writer: ";
        run_with($extension, $servers, $who . WRITE);
        echo "\n";
        foreach ($clients as $reader => $other) {
            echo "  read by $reader: ";
            run_with($other, $servers, $who . READ);
        }
    }
    $servers[0]->kill();
    foreach ($clients as $reader => $extension) {
        echo "  the first is down, read by $reader: ";
        run_with($extension, $servers, '$who = "today";' . READ);
    }
    $servers[1]->kill();
}
?>
--EXPECT--
servers of today, written by 0.1.0: 22truetrue242 
  read by 0.1.0: valuefalsefalse42 1
  read by today: valuefalsefalse42 1
servers of today, written by today: 22truetrue242 
  read by 0.1.0: valuefalsefalse42 1
  read by today: valuefalsefalse42 1
  the first is down, read by 0.1.0: valuefalsefalse42 1
  the first is down, read by today: valuefalsefalse42 1
servers of 0.1.0, written by 0.1.0: 22truetrue242 
  read by 0.1.0: valuefalsefalse42 1
  read by today: valuefalsefalse42 1
servers of 0.1.0, written by today: 22truetrue242 
  read by 0.1.0: valuefalsefalse42 1
  read by today: valuefalsefalse42 1
  the first is down, read by 0.1.0: valuefalsefalse42 1
  the first is down, read by today: valuefalsefalse42 1
a server of each, written by 0.1.0: 22truetrue242 
  read by 0.1.0: valuefalsefalse42 1
  read by today: valuefalsefalse42 1
a server of each, written by today: 22truetrue242 
  read by 0.1.0: valuefalsefalse42 1
  read by today: valuefalsefalse42 1
  the first is down, read by 0.1.0: valuefalsefalse42 1
  the first is down, read by today: valuefalsefalse42 1
