--TEST--
an error handler within a session call ends nothing
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--INI--
sharedance.timeout=1
sharedance.connect_timeout=1
sharedance.retry_interval=0
display_errors=0
--FILE--
<?php
require __DIR__ . '/session.inc';

/* The save handler and the class warn within their calls, and the user's error handler may call
 * whatever it likes. */
class Handler extends SessionHandler {}

function made(string $kind, TestServer $server): SessionHandlerInterface
{
    $handler = $kind === 'the save handler' ? new Handler() : new SharedanceSession(pool([$server]));
    session_set_save_handler($handler, true);
    return $handler;
}

$calls = [
    'session_write_close()' => fn () => session_write_close(),
    'session_abort()' => fn () => session_abort(),
    'session_reset()' => fn () => session_reset(),
    'close()' => fn ($handler) => $handler->close(),
    'open()' => fn ($handler) => $handler->open(session_save_path(), 'x'),
    'read()' => fn ($handler) => $handler->read('id'),
    'write()' => fn ($handler) => $handler->write('id', 'n|i:5;'),
    'destroy()' => fn ($handler) => $handler->destroy('id'),
    'write() of another' => fn ($handler) => $handler->write('other', 'n|i:5;'),
    'an exception' => fn () => throw new LogicException('thrown'),
];
foreach (['the save handler', 'the class'] as $kind) {
    echo "$kind\n";
    foreach ($calls as $name => $call) {
        $server = new TestServer();
        use_servers([$server]);
        $handler = made($kind, $server);
        start('id');
        $_SESSION['n'] = 1;
        $server->kill();
        $noted = [];
        set_error_handler(function (int $level, string $message) use ($call, $handler, &$noted, $name) {
            if ($noted === []) {
                $noted[] = 'called';
                try {
                    $call($handler);
                } catch (Error $error) {
                    $noted = [$error->getMessage()];
                }
            }
            return true;
        });
        try {
            session_write_close();
        } catch (LogicException $exception) {
            $noted[] = $exception->getMessage();
        }
        restore_error_handler();
        echo "  $name: ", implode(', ', $noted), "\n";
        /* and all goes on */
        $server->start();
        session_status() === PHP_SESSION_ACTIVE && session_abort();
        visit('id', fn () => $_SESSION['n'] = 2);
        if (entry($server, 'id') !== 'n|i:2;' || !is_free($server, 'id')) {
            echo "    WRONG afterwards\n";
        }
        unset($handler);
    }
}
?>
--EXPECT--
the save handler
  session_write_close(): A session cannot be used from within its own operation
  session_abort(): called
  session_reset(): A session cannot be used from within its own operation
  close(): A session cannot be used from within its own operation
  open(): A session cannot be used from within its own operation
  read(): A session cannot be used from within its own operation
  write(): A session cannot be used from within its own operation
  destroy(): A session cannot be used from within its own operation
  write() of another: A session cannot be used from within its own operation
  an exception: called, thrown
the class
  session_write_close(): A session cannot be used from within its own operation
  session_abort(): called
  session_reset(): A session cannot be used from within its own operation
  close(): A session cannot be used from within its own operation
  open(): A session cannot be used from within its own operation
  read(): A session cannot be used from within its own operation
  write(): A session cannot be used from within its own operation
  destroy(): A session cannot be used from within its own operation
  write() of another: A session cannot be used from within its own operation
  an exception: called, thrown
