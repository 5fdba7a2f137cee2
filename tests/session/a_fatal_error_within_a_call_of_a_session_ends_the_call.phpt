--TEST--
a fatal error within a call of a session ends the call
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

/* PHP leaves the call by longjmp. It is not under way any more when PHP writes the session as the
 * request ends, which fails here as the first time. */
$server = new TestServer();
$request = request([$server], '
    start("id");
    $_SESSION["n"] = 1;
    exec("kill -9 ' . $server->process->pid . '");
    set_error_handler(function (int $level, string $message) {
        trigger_error("fatal", E_USER_ERROR);
    });
    session_write_close();
', ['sharedance.timeout' => '1', 'sharedance.connect_timeout' => '1']);
$request->wait();
preg_match_all('/Fatal error: fatal|Sharedance failed to write|within its own operation|Uncaught/', $request->log(), $match);
echo implode("\n", $match[0]), "\n";
?>
--EXPECT--
Fatal error: fatal
Sharedance failed to write
