--TEST--
a call within another is refused after a fatal error, too
--EXTENSIONS--
sharedance
session
--FILE--
<?php
require __DIR__ . '/session.inc';

/* A shutdown function that runs after a fatal error uses objects as any other code does: of what
 * the error has ended nothing is under way any more, and what the function begins is. */
const CODE = <<<'CODE'
    class Store extends SharedanceServer
    {
        public ?Closure $code = null;
        public string $value = 'value';

        public function send(string $command): string
        {
            $code = $this->code;
            $this->code = null;
            if ($code !== null) {
                try {
                    $code();
                    echo "worked within\n";
                } catch (Error $error) {
                    echo "within: {$error->getMessage()}\n";
                }
            }
            return $command[0] === 'F' ? $this->value : "OK\n";
        }
    }
    set_error_handler(null);
    $server = new Store('one');
    $pool = new Sharedance();
    $pool->addServer($server);
    $session = new SharedanceSession($pool);
    $others = new Sharedance();
    $others->addServer($server);
    $fatal = fn () => trigger_error('fatal', E_USER_ERROR);
    $after = function () use ($server, $pool, $others, $session) {
        echo "after\n";
        $session->open('', '');
        $server->code = fn () => $session->read('other');
        var_dump($session->read('id'));
        $server->code = fn () => $session->close();
        var_dump($session->write('id', 'v'), $session->close());
        foreach ([fn () => $pool->get('k'), fn () => $pool->getMulti(['k'])] as $operation) {
            $server->code = fn () => $pool->close();
            $operation();
        }
        $pool->close();
        $others->close();
        echo "closed\n";
    };
    CODE;

/* How the script ends: within each kind of operation, on a pool and in a session. */
$ends = [
    'fatal' => '$fatal();',
    'in a get' => '$server->code = $fatal; $others->get("k");',
    'in a set' => '$server->code = $fatal; $others->set("k", "v");',
    'in a delete' => '$server->code = $fatal; $others->delete("k");',
    'in a getMulti' => '$server->code = $fatal; $others->getMulti(["k"]);',
    'in a read' => '$session->open("", ""); $server->code = $fatal; $session->read("id");',
    'in a read of another' => '$session->open("", ""); $session->read("x"); $server->code = $fatal; $session->read("id");',
];
$settings = ['error_reporting' => (string) (E_ALL & ~E_DEPRECATED)]; /* PHP 8.4 would rather have an exit */
$expected = null;
foreach ($ends as $name => $end) {
    $request = request([], CODE . 'register_shutdown_function($after); ' . $end, $settings);
    $request->wait();
    $log = preg_replace('/^.*Fatal error: fatal.*$/m', 'Fatal error', trim($request->log()));
    echo $log === $expected ? "$name: the same\n" : "$name\n$log\n";
    $expected ??= $log;
}

echo "a fatal error in the shutdown function itself, and a session that PHP writes after it\n";
$request = request([], CODE . '$server->value = "";
    session_set_save_handler($session, false);
    session_id("id");
    session_start();
    $_SESSION["n"] = 1;
    register_shutdown_function(function () use ($server, $session, $fatal) {
        $server->code = function () use ($server, $session, $fatal) {
            $server->code = fn () => $session->close();
            $fatal();
        };
        $session->read("other");
    });
    $fatal();', $settings);
$request->wait();
preg_match_all('/Fatal error: fatal|within: .*|worked within|Uncaught/', $request->log(), $match);
echo implode("\n", $match[0]), "\n";

echo "a call that waits in a Fiber is under way still\n";
$request = request([], CODE . '
    $session->open("", "");
    $server->code = fn () => Fiber::suspend();
    $fiber = new Fiber(fn () => print($session->read("id") . "\n"));
    $fiber->start();
    register_shutdown_function(function () use ($fiber, $session, $pool) {
        foreach ([fn () => $session->read("other"), fn () => $pool->close()] as $call) {
            try {
                $call();
                echo "worked\n";
            } catch (Error $error) {
                echo $error->getMessage(), "\n";
            }
        }
        $fiber->resume();
        echo $session->read("id"), "\n";
    });
    $fatal();', $settings);
$request->wait();
echo preg_replace('/^\s*Fatal error: fatal.*$/m', 'Fatal error', trim($request->log())), "\n";
?>
--EXPECT--
fatal
Fatal error
after
within: A session cannot be used from within its own operation
string(5) "value"
within: A session cannot be used from within its own operation
bool(true)
bool(true)
within: The servers of a Sharedance object cannot be changed from within its own operation
within: The servers of a Sharedance object cannot be changed from within its own operation
closed
in a get: the same
in a set: the same
in a delete: the same
in a getMulti: the same
in a read: the same
in a read of another: the same
a fatal error in the shutdown function itself, and a session that PHP writes after it
Fatal error: fatal
Fatal error: fatal
within: A session cannot be used from within its own operation
a call that waits in a Fiber is under way still
Fatal error
A session cannot be used from within its own operation
The servers of a Sharedance object cannot be changed from within its own operation
worked within
value
value
