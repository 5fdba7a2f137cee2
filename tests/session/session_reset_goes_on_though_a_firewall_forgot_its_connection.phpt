--TEST--
session_reset() goes on, with its lock, though a firewall forgot the connection that has it
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

const TIMEOUT_S = 4;

$servers = servers(2);
foreach ([1, 2] as $count) {
    $used = array_slice($servers, 0, $count);
    $files = array_map(fn ($server) => scratch() . "/forget-$count-$server->port", $used);
    use_servers(array_map(fn ($server, $file) => relayed($server, 'forgets', $file), $used, $files), '?timeout=' . TIMEOUT_S);
    ini_set('sharedance.session.lock_wait', '60');
    visit('id', fn () => $_SESSION['n'] = 1);
    start('id');
    $_SESSION['n'] = 'forgotten';
    foreach ($files as $file) {
        leave_file($file);
        wait_until(fn () => !file_exists($file), 'the connections to be forgotten');
    }
    $began = microtime(true);
    var_dump(session_reset());
    echo microtime(true) - $began < TIMEOUT_S ? 'in time, ' : 'TOO LATE, ';
    echo $_SESSION['n'], array_filter($used, fn ($server) => !is_held($server, 'id')) === [] ? ', held' : ', FREE';
    $_SESSION['n']++;
    session_write_close();
    foreach ($used as $server) {
        echo ', ', entry($server, 'id'), is_free($server, 'id') ? ' free' : ' HELD';
    }
    echo "\n";
}
?>
--EXPECT--
bool(true)
in time, 1, held, n|i:2; free
bool(true)
in time, 1, held, n|i:2; free, n|i:2; free
