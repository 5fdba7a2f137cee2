--TEST--
whatever ends a request its lock is free then
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
if (getenv('USE_ZEND_ALLOC') === '0') {
    die('skip without its own allocator, as under valgrind, PHP has no memory limit');
}
?>
--FILE--
<?php
require __DIR__ . '/web.inc';

/* PHP's web server is one worker, which lives on and keeps its connections: only what ends the
 * request can end a lock. */
$servers = servers(2);
$code = <<<'CODE'
    class Throws { function __serialize(): array { throw new Exception('no'); } }
    class Exits { function __serialize(): array { exit; } }
    class Grows { function __serialize(): array { ini_set('memory_limit', '4M'); return [str_repeat('x', 1 << 27)]; } }
    class Fails { function __serialize(): array { trigger_error('fatal', E_USER_ERROR); return []; } }
    class Hangs { function __serialize(): array { set_time_limit(1); for (;;); } }
    class Closes { function __serialize(): array { ($GLOBALS['handler'] ?? new SessionHandler())->close(); return []; } }
    class Kept { public static $it; public $self; public $session; }
    class Handler extends SessionHandler {}
    class ThrowingHandler extends SessionHandler
    {
        function write($id, $data): bool { throw new Exception('no'); }
    }
    class ThrowingSession extends SharedanceSession
    {
        function write($id, $data): bool { throw new Exception('no'); }
    }
    /* the pool is the younger of the two objects, and PHP frees it first */
    class OldSession extends SharedanceSession
    {
        function __construct() { parent::__construct(pool_of_all()); }
        function reading() { $this->open('', ''); $this->read('id'); return $this; }
    }
    class Late
    {
        function __construct(private SharedanceSession $session) {}
        function __destruct() { $this->session->open('', ''); $this->session->read('id'); }
    }
    class Resurrecting extends SharedanceSession
    {
        function __destruct() { $this->open('', ''); $this->read('id'); }
    }

    function pool_of_all(): Sharedance
    {
        $pool = new Sharedance(true);
        $pool->addServers(ini_get('session.save_path'));
        return $pool;
    }
    function reading(SharedanceSession $session): SharedanceSession
    {
        $session->open('', '');
        $session->read('id');
        return $session;
    }

    ini_set('session.use_cookies', '0');
    ini_set('session.cache_limiter', '');
    ini_set('session.use_strict_mode', '0');
    ini_set('display_errors', '0');
    $handler = match ($_GET['handler']) {
        'plain', 'by hand' => null,
        'a subclass of SessionHandler' => new Handler(),
        'SharedanceSession' => new SharedanceSession(pool_of_all()),
        'a handler whose write() throws' => new ThrowingHandler(),
        'a session whose write() throws' => new ThrowingSession(pool_of_all()),
    };
    if ($handler !== null) {
        session_set_save_handler($handler, true);
    }
    session_id($_GET['end'] === 'the memory limit in read' ? 'big' : 'id');
    if ($_GET['handler'] !== 'by hand') {
        if ($_GET['end'] === 'the memory limit in read') {
            ini_set('memory_limit', '4M');
        }
        session_start();
    }
    $_SESSION['n'] = 1;
    switch ($_GET['end']) {
    case 'exit': exit;
    case 'an exception': throw new Exception('x');
    case 'a closure': $_SESSION['f'] = fn () => 1; break;
    case 'a closure, written at once': $_SESSION['f'] = fn () => 1; session_write_close(); break;
    case 'serialize throws': $_SESSION['f'] = new Throws(); break;
    case 'serialize exits': $_SESSION['f'] = new Exits(); break;
    case 'the memory limit in serialize': $_SESSION['f'] = new Grows(); break;
    case 'an error in serialize': $_SESSION['f'] = new Fails(); break;
    case 'the time limit in serialize': $_SESSION['f'] = new Hangs(); break;
    case 'serialize closes': $_SESSION['f'] = new Closes(); break;
    case 'exit in a shutdown function': register_shutdown_function(function () { exit; }); break;
    case 'the memory limit': ini_set('memory_limit', '4M'); str_repeat('x', 1 << 27); break;
    case 'the time limit': set_time_limit(1); for (;;); break;
    case 'the error handler throws':
        $_SESSION['f'] = 1;
        set_error_handler(function () { throw new Exception('eh'); });
        break;
    case 'exit while output ends': ob_start(function () { exit; }); echo 'x'; break;
    case 'the memory limit in a read of another id':
        ini_set('memory_limit', '4M');
        ($handler ?? new SessionHandler())->read('big');
        break;
    case 'left in a variable': $s = reading(new SharedanceSession(pool_of_all())); break;
    case 'left in a static property': Kept::$it = reading(new SharedanceSession(pool_of_all())); break;
    case 'left in a cycle':
        $kept = new Kept();
        $kept->self = $kept;
        $kept->session = reading(new SharedanceSession(pool_of_all()));
        unset($kept);
        break;
    case 'left with a younger pool': Kept::$it = (new OldSession())->reading(); break;
    case 'opened by a destructor': Kept::$it = new Late(new SharedanceSession(pool_of_all())); break;
    case 'opened by its own destructor': Kept::$it = new Resurrecting(pool_of_all()); break;
    case 'opened by its own destructor before': new Resurrecting(pool_of_all()); break;
    case 'left by an error':
        $s = reading(new SharedanceSession(pool_of_all()));
        ini_set('memory_limit', '4M');
        str_repeat('x', 1 << 27);
        break;
    }
CODE;
$web = new Web($servers, $code, ['memory_limit' => '64M']);

use_servers($servers);
visit('big', function () {
    $_SESSION['value'] = str_repeat('x', 5 << 20);
});
$everywhere = ['nothing', 'exit', 'an exception', 'a closure', 'a closure, written at once', 'serialize throws',
    'serialize exits', 'the memory limit in serialize', 'an error in serialize', 'the time limit in serialize',
    'serialize closes', 'exit in a shutdown function', 'the memory limit', 'the time limit',
    'the error handler throws', 'exit while output ends', 'the memory limit in read',
    'the memory limit in a read of another id'];
$table = [
    'plain' => array_diff($everywhere, ['the memory limit in a read of another id']), /* it has no handler's object */
    'a subclass of SessionHandler' => $everywhere,
    'SharedanceSession' => $everywhere,
    'a handler whose write() throws' => ['nothing', 'exit', 'an exception'],
    'a session whose write() throws' => ['nothing', 'exit', 'an exception'],
    'by hand' => ['left in a variable', 'left in a static property', 'left in a cycle', 'left with a younger pool',
        'opened by a destructor', 'opened by its own destructor', 'opened by its own destructor before',
        'left by an error'],
];
$rows = 0;
foreach ($table as $handler => $ends) {
    foreach ($ends as $end) {
        $web->get('/?' . http_build_query(['handler' => $handler, 'end' => $end]));
        $held = [];
        foreach (['id', 'big'] as $id) {
            foreach ($servers as $i => $server) {
                $held[] = takes_lock($server, $id, 10000) ? '' : " $id on $i";
            }
        }
        $rows++;
        if (implode($held) !== '') {
            echo "$handler, $end: HELD:", implode($held), "\n";
            $web->process->kill();
            $web = new Web($servers, $code, ['memory_limit' => '64M']);
        }
    }
}
echo "$rows rows\n";
var_dump($web->process->running());
?>
--EXPECT--
67 rows
bool(true)
