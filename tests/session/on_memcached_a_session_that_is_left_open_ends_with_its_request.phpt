--TEST--
on memcached a session that is left open ends with its request
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require __DIR__ . '/../helper.inc';
skip_unless_memcached();
?>
--FILE--
<?php
require __DIR__ . '/web.inc';

/* There a lock is an entry, which does not end with its connection. */
$servers = [new MemcachedServer(), new MemcachedServer()];
$web = new Web($servers, <<<'CODE'
    class Kept { public static $it; }
    class Exits { function __serialize(): array { exit; } }
    class Handler extends SessionHandler {}
    $pool = new Sharedance(true);
    $pool->addServers(ini_get('session.save_path'));
    $session = new SharedanceSession($pool);
    if ($_GET['handler'] === 'none') {
        return;
    }
    if ($_GET['handler'] === 'by hand') {
        Kept::$it = $session;
        $session->open('', '');
        $session->read('id');
    } else {
        session_set_save_handler($_GET['handler'] === 'the class' ? $session : new Handler(), true);
        session_id('id');
        session_start();
    }
    $_SESSION['n'] = 1;
    match ($_GET['end']) {
        'the last line' => null,
        'a closure' => $_SESSION['f'] = fn () => 1,
        'exit in serialize' => $_SESSION['f'] = new Exits(),
        'an error' => undefined_function(),
    };
CODE, ['session.use_cookies' => '0', 'session.cache_limiter' => '', 'session.use_strict_mode' => '0',
    'display_errors' => '0', 'sharedance.session.lock_wait' => '0']);
foreach (['by hand', 'the class', 'a subclass of SessionHandler'] as $handler) {
    foreach (['the last line', 'a closure', 'exit in serialize', 'an error'] as $end) {
        $web->get('/?' . http_build_query(['handler' => $handler, 'end' => $end]));
        $web->get('/?handler=none&end=the+last+line'); /* when it answers, the one before has ended */
        $locks = array_filter($servers, fn ($server) => pool([$server])->get('lock:id', null) !== null);
        echo "$handler, $end: ", $locks === [] ? 'free' : 'HELD', "\n";
        foreach ($locks as $server) {
            pool([$server])->delete('lock:id');
        }
    }
}
?>
--EXPECT--
by hand, the last line: free
by hand, a closure: free
by hand, exit in serialize: free
by hand, an error: free
the class, the last line: free
the class, a closure: free
the class, exit in serialize: free
the class, an error: free
a subclass of SessionHandler, the last line: free
a subclass of SessionHandler, a closure: free
a subclass of SessionHandler, exit in serialize: free
a subclass of SessionHandler, an error: free
