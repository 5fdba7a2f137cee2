--TEST--
as root without --uid, a server that other machines can reach does not start, and a local one warns
--SKIPIF--
<?php
require __DIR__ . '/server.inc';
skip_unless_sharedanced();
skip_unless_root();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$directory = scratch() . '/data';
foreach (['0.0.0.0', '::', '127.0.0.1,0.0.0.0', '127.0.0.1,::'] as $ip) {
    [$status, , $errors] = run([TestServer::program(), "--ip=$ip", '--port=0', "--directory=$directory"]);
    echo "$ip: $status: ", trim($errors), "\n";
    [$status] = run([TestServer::program(), "--ip=$ip", '--port=0', "--directory=$directory", '--gid=root']);
    fact('nor with a group', $status === 2);
    [$status] = run([TestServer::program(), "--ip=$ip", '--port=0', "--directory=$directory", '--daemonize']);
    fact('nor in the background', $status === 2);
}
[$status, , $errors] = run([TestServer::program(), '--port=0', "--directory=$directory", '--http=0.0.0.0:0']);
fact('nor for HTTP', $status === 2 && str_contains($errors, '[ERROR] other machines can connect to a server that runs as root'));
fact('nothing was made', !file_exists($directory));

const WARNING = '/^\[WARNING\] the server runs as root: give --uid=USER$/m';

/* without the helper, which gives --uid */
function local(string ...$options): Process
{
    global $directory;
    $process = new Process([TestServer::program(), '--port=0', "--directory=$directory", ...$options]);
    $process->expect('/\] ready$/m');
    $process->signal(15);
    $process->wait();
    return $process;
}

foreach (['127.0.0.1', '127.255.0.9', '::1', '::ffff:127.0.0.1', 'localhost'] as $ip) {
    fact("$ip: a warning", preg_match_all(WARNING, local("--ip=$ip")->log()) === 1);
}
fact('a path: a warning', preg_match_all(WARNING, local('--unix-socket=' . scratch() . '/socket')->log()) === 1);
fact('HTTP here: a warning', preg_match_all(WARNING, local('--http=127.0.0.1:0')->log()) === 1);
fact('--uid=root: none', !preg_match(WARNING, local('--uid=root')->log()));
fact('--uid=root for everybody: none', !preg_match(WARNING, local('--ip=0.0.0.0', '--uid=root')->log()));
fact('--uid=0: none', !preg_match(WARNING, local('--uid=0', '--gid=root')->log()));
?>
--EXPECT--
0.0.0.0: 2: [ERROR] other machines can connect to a server that runs as root: give --uid=USER (--uid=root, if it has to be root)
nor with a group: yes
nor in the background: yes
::: 2: [ERROR] other machines can connect to a server that runs as root: give --uid=USER (--uid=root, if it has to be root)
nor with a group: yes
nor in the background: yes
127.0.0.1,0.0.0.0: 2: [ERROR] other machines can connect to a server that runs as root: give --uid=USER (--uid=root, if it has to be root)
nor with a group: yes
nor in the background: yes
127.0.0.1,::: 2: [ERROR] other machines can connect to a server that runs as root: give --uid=USER (--uid=root, if it has to be root)
nor with a group: yes
nor in the background: yes
nor for HTTP: yes
nothing was made: yes
127.0.0.1: a warning: yes
127.255.0.9: a warning: yes
::1: a warning: yes
::ffff:127.0.0.1: a warning: yes
localhost: a warning: yes
a path: a warning: yes
HTTP here: a warning: yes
--uid=root: none: yes
--uid=root for everybody: none: yes
--uid=0: none: yes
