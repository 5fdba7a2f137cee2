--TEST--
a call that a fatal error ended leaves the servers before nothing
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
session
--FILE--
<?php
require __DIR__ . '/session.inc';

/* A call about another id has a session of its own, which PHP leaves by longjmp as it warns that the
 * value is too large: its lock is held. The script then goes on with other servers. */
[$one, $two] = servers(2);
$request = request([$one], '
    function looks_free(int $port): string
    {
        $socket = stream_socket_client("tcp://127.0.0.1:$port");
        fwrite($socket, "ml other W0\r\n");
        return trim(fgets($socket));
    }
    session_set_save_handler($handler = new SessionHandler(), false);
    start("mine");
    register_shutdown_function(function () {
        echo "after the error: ", looks_free(' . $one->port . '), "\n";
        session_abort();
        ini_set("session.save_path", "127.0.0.1:' . $two->port . '");
        start("other");
        echo "with other servers: ", looks_free(' . $one->port . '), "\n";
        session_write_close();
        echo "written\n";
    });
    set_error_handler(fn () => trigger_error("fatal", E_USER_ERROR));
    $handler->write("other", str_repeat("x", 33 << 20));
', ['error_reporting' => (string) (E_ALL & ~E_DEPRECATED)]);
$status = $request->wait();
echo preg_replace('/^.*Fatal error: fatal.*$/m', 'Fatal error', trim($request->log())), "\nended with $status\n";
?>
--EXPECT--
Fatal error
after the error: NS
with other servers: HD
written
ended with 255
