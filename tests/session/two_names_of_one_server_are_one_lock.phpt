--TEST--
two names of one server are one lock: a session never waits for its own, and of parallel requests none is lost
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

[$server, $third] = servers(2);
use_servers([$server]);
/* if a session waited for its own lock, it would fail */
ini_set('sharedance.session.lock_wait', '3');

foreach ([[], ["127.0.0.1:{$third->port}"]] as $more) {
    $list = implode(',', ["127.0.0.1:{$server->port}", "localhost:{$server->port}", ...$more]);
    ini_set('session.save_path', $list);
    foreach (['0', '1'] as $strict) {
        ini_set('session.use_strict_mode', $strict);
        for ($i = 0; $i < 8; $i++) {
            ini_set('session.use_strict_mode', '0');
            visit("id$i-$strict", function () {
                $_SESSION['n'] = 1;
            });
            ini_set('session.use_strict_mode', $strict);
            start("id$i-$strict");
            session_reset();
            $_SESSION['n']++;
            session_write_close();
            $seen[] = visit("id$i-$strict")['n'] ?? 'none';
            start("id$i-$strict");
            session_regenerate_id(true);
            session_write_close();
            $free[] = json_encode(is_free($server, "id$i-$strict"));
        }
        ini_set('session.use_strict_mode', '0');
    }
    echo count($more) + 2, ' names: ', implode(' ', array_unique($seen)), ', free: ', implode(' ', array_unique($free)), "\n";
}

/* by processes of their own, at the same time */
$list = "127.0.0.1:{$server->port}, localhost:{$server->port}";
$code = 'for ($i = 0; $i < 10; $i++) { if (!start("shared")) exit("does not start"); '
    . '$_SESSION["n"] = ($_SESSION["n"] ?? 0) + 1; session_write_close(); }';
$processes = array_map(fn () => request([$server], $code,
    ['session.save_path' => "\"$list\"", 'sharedance.session.lock_wait' => '60']), range(1, 4));
foreach ($processes as $process) {
    $process->wait(300);
    echo $process->log();
}
echo 'of 40 changes in parallel: ', visit('shared')['n'], "\n";
?>
--EXPECT--
2 names: 2, free: true
3 names: 2, free: true
of 40 changes in parallel: 40
