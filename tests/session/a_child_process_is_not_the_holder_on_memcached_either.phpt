--TEST--
a child process is not the holder on memcached either
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require __DIR__ . '/../helper.inc';
skip_unless_memcached();
?>
--FILE--
<?php
require __DIR__ . '/session.inc';

function told(MemcachedServer $server, string $request): string
{
    $socket = stream_socket_client("tcp://127.0.0.1:{$server->port}");
    fwrite($socket, "$request\r\nmn\r\n");
    $answer = '';
    while (!str_ends_with($answer, "MN\r\n")) {
        $answer .= fgets($socket);
    }
    return $answer;
}

$server = new MemcachedServer();
use_servers([$server]);
visit('id', fn () => $_SESSION['n'] = 1);
foreach (['writes' => fn () => $_SESSION['n'] = 'child', 'deletes' => 'session_destroy', 'only ends' => fn () => null,
    'aborts' => 'session_abort'] as $what => $does) {
    start('id');
    $_SESSION['n'] = "before the child $what";
    ob_end_flush();
    ob_start();
    $child = pcntl_fork();
    if ($child === 0) {
        set_error_handler(fn (int $level, string $message) => print(tidy($message) . "\n"));
        $does();
        exit(0);
    }
    pcntl_waitpid($child, $status);
    echo str_starts_with(told($server, 'mg lock:id v'), 'VA 16') ? '' : "the lock is free\n";
    echo str_contains(told($server, 'mg id v'), 'child"') ? "the child has written\n" : '';
    session_write_close();
    echo told($server, 'mg lock:id v') === "EN\r\nMN\r\n" ? '' : "the lock is held\n";
    echo explode("\r\n", told($server, 'mg id v'))[1], "\n";
}
?>
--EXPECT--
PHP Request Shutdown: Sharedance failed to write the session (lock, after N ms, 14 bytes): its lock is the parent process's, which has it open: nothing was written
PHP Request Shutdown: Failed to write session data (sharedance). Please verify that the current setting of session.save_path is correct (tcp://127.0.0.1:PORT)
n|s:23:"before the child writes";
session_destroy(): Sharedance failed to delete the session (lock, after N ms, 0 bytes): its lock is the parent process's, which has it open: nothing was written
session_destroy(): Session object destruction failed
n|s:24:"before the child deletes";
PHP Request Shutdown: Sharedance failed to write the session (lock, after N ms, 36 bytes): its lock is the parent process's, which has it open: nothing was written
PHP Request Shutdown: Failed to write session data (sharedance). Please verify that the current setting of session.save_path is correct (tcp://127.0.0.1:PORT)
n|s:26:"before the child only ends";
n|s:23:"before the child aborts";
