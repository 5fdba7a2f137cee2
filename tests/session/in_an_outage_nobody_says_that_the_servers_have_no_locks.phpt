--TEST--
in an outage nobody says that the servers have no locks
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

$server = new TestServer();
$other = new TestServer();
$server->kill();
$log = scratch() . '/errors';
$code = '
    foreach (["refusing", "created", "strict", "one of two"] as $i => $what) {
        echo "$what: ";
        ini_set("session.use_strict_mode", $what === "strict" ? "1" : "0");
        session_id($what === "created" ? session_create_id() : "id");
        ini_set("session.save_path", $what === "one of two" ? "' . save_path([$server, $other]) . '" : "' . save_path([$server]) . '");
        echo @session_start() ? "yes\n" : "no\n";
        @session_abort();
    }
';
$request = request([$server], $code, ['log_errors' => '1', 'error_log' => $log, 'sharedance.retry_interval' => '0']);
$request->wait();
echo $request->log();
echo preg_match_all('/no locks/', (string) @file_get_contents($log)), "\n";

echo "and of classic ones it is said still\n";
$server->start();
$code = '@session_id("id"); var_dump(session_start());';
request([classic($server)], $code, ['log_errors' => '1', 'error_log' => $log])->wait();
echo preg_match_all('/no locks/', (string) @file_get_contents($log)), "\n";
?>
--EXPECT--
refusing: no
created: no
strict: no
one of two: no
0
and of classic ones it is said still
1
