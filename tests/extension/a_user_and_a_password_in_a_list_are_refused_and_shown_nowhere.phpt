--TEST--
a user and a password in a list are refused and shown nowhere
--EXTENSIONS--
sharedance
--INI--
zend.exception_ignore_args=0
zend.exception_string_param_max_len=1000
--FILE--
<?php
require __DIR__ . '/../session/session.inc';

/* Who knows other clients writes them where there is no authentication. */
const LISTS = ['tcp://user:secret@a', 'user:secret@a:1', 'secret@a', 'b, user:secret@a', 'user:1,secret@a', 'user:1?secret&x@a',
    'a:6379?auth=secret', 'a:6379?auth[]=user&auth[]=secret', 'a:6379?weight=0&auth=secret'];

function show(string $what, callable $code): void
{
    try {
        $code();
        echo "$what: TAKEN\n";
    } catch (ValueError $error) {
        $all = $error . json_encode($error->getTrace()); /* the message, and the arguments of each call */
        echo $what, ': ', str_contains($all, 'secret') ? 'SHOWN: ' : '', $error->getMessage(), "\n";
    }
}

$cache = new Sharedance();
foreach (LISTS as $list) {
    show('addServers()', fn () => $cache->addServers($list));
}
echo count($cache->getServers()), " servers\n";
foreach (['tcp://user:secret@a', 'secret@a'] as $host) {
    show('SharedanceServer', fn () => new SharedanceServer($host));
}
$cache->addServers('unix:/run/a@b');
echo $cache->getServers()[0]['host'], "\n";

echo "in a save_path, PHP would show all of it\n";
foreach (LISTS as $list) {
    ini_set('session.save_handler', 'sharedance');
    ini_set('session.save_path', $list);
    show('session_start()', fn () => start('id'));
}

echo "in a subclass of SessionHandler it is an argument\n";
class Handler extends SessionHandler
{
    public function open($path, $name): bool
    {
        return parent::open($path, $name);
    }
}
session_set_save_handler(new Handler(), true);
show('session_start()', fn () => start('id'));
ini_set('session.save_handler', 'sharedance');
$log = scratch() . '/log';
foreach (['secret@a', 'b:1, user:secret@a?weight=2'] as $list) {
    $request = request([], 'set_error_handler(null);
        try {
            start("id");
        } catch (ValueError) {
        }
        (new ReflectionExtension("sharedance"))->info();
        start("id");', [
        'session.save_path' => "\"$list\"", 'log_errors' => '1', 'error_log' => $log,
    ]);
    $request->wait();
    echo substr_count($request->log(), 'there is no authentication'), ' on the page, ', str_contains($request->log(), 'secret') ? 'SHOWN' : 'not shown', "\n";
}
echo substr_count(file_get_contents($log), 'there is no authentication'), ' in the log, ', str_contains(file_get_contents($log), 'secret') ? 'SHOWN' : 'not shown', "\n";
?>
--EXPECT--
addServers(): Sharedance::addServers(): Argument #1 ($list) must be a list of servers: there is no authentication, and so no user or password, '@' found at offset 17
addServers(): Sharedance::addServers(): Argument #1 ($list) must be a list of servers: there is no authentication, and so no user or password, '@' found at offset 11
addServers(): Sharedance::addServers(): Argument #1 ($list) must be a list of servers: there is no authentication, and so no user or password, '@' found at offset 6
addServers(): Sharedance::addServers(): Argument #1 ($list) must be a list of servers: there is no authentication, and so no user or password, '@' found at offset 14
addServers(): Sharedance::addServers(): Argument #1 ($list) must be a list of servers: there is no authentication, and so no user or password, '@' found at offset 13
addServers(): Sharedance::addServers(): Argument #1 ($list) must be a list of servers: there is no authentication, and so no user or password, '@' found at offset 15
addServers(): Sharedance::addServers(): Argument #1 ($list) must be a list of servers: there is no authentication, so let only the web servers reach the port: auth= found at offset 7
addServers(): Sharedance::addServers(): Argument #1 ($list) must be a list of servers: there is no authentication, so let only the web servers reach the port: auth= found at offset 7
addServers(): Sharedance::addServers(): Argument #1 ($list) must be a list of servers: there is no authentication, so let only the web servers reach the port: auth= found at offset 16
0 servers
SharedanceServer: SharedanceServer::__construct(): Argument #1 ($host) must be a name, an address or unix:/path: there is no authentication, and so no user or password, '@' found at offset 17
SharedanceServer: SharedanceServer::__construct(): Argument #1 ($host) must be a name, an address or unix:/path: there is no authentication, and so no user or password, '@' found at offset 6
unix:/run/a@b
in a save_path, PHP would show all of it
session_start(): session.save_path must be a list of servers: there is no authentication, and so no user or password, '@' found at offset 17
session_start(): session.save_path must be a list of servers: there is no authentication, and so no user or password, '@' found at offset 11
session_start(): session.save_path must be a list of servers: there is no authentication, and so no user or password, '@' found at offset 6
session_start(): session.save_path must be a list of servers: there is no authentication, and so no user or password, '@' found at offset 14
session_start(): session.save_path must be a list of servers: there is no authentication, and so no user or password, '@' found at offset 13
session_start(): session.save_path must be a list of servers: there is no authentication, and so no user or password, '@' found at offset 15
session_start(): session.save_path must be a list of servers: there is no authentication, so let only the web servers reach the port: auth= found at offset 7
session_start(): session.save_path must be a list of servers: there is no authentication, so let only the web servers reach the port: auth= found at offset 7
session_start(): session.save_path must be a list of servers: there is no authentication, so let only the web servers reach the port: auth= found at offset 16
in a subclass of SessionHandler it is an argument
session_start(): session.save_path must be a list of servers: there is no authentication, so let only the web servers reach the port: auth= found at offset 16
1 on the page, not shown
1 on the page, not shown
2 in the log, not shown
