--TEST--
without options help is printed, as upstream does, and for --help; --version prints the version
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$program = TestServer::program();
[$status, $help, $errors] = run([$program]);
fact('without options: status 0', $status === 0);
fact('nothing on stderr', $errors === '');
/* upstream's, each with its short form */
foreach (['ip' => 'i', 'port' => 'p', 'backlog' => 'b', 'directory' => 'd', 'readsize' => 'r',
    'maxreadsize' => 'R', 'expiration' => 'e', 'timeout' => 't', 'debug' => 'D', 'daemonize' => 'B',
    'uid' => 'u', 'gid' => 'g', 'help' => 'h'] as $long => $short) {
    fact("--$long, -$short is told", (bool) preg_match("/^  -$short, --$long\b/m", $help));
}
fact('--help is the same', run([$program, '--help']) === [0, $help, '']);
fact('-h is', run([$program, '-h']) === [0, $help, '']);

preg_match('/PHP_SHAREDANCE_VERSION "(.+)"/', file_get_contents(root() . '/php_sharedance.h'), $match);
fact('--version is the extension\'s', run([$program, '--version']) === [0, "sharedanced $match[1]\n", '']);
fact('-V is the same', run([$program, '-V']) === [0, "sharedanced $match[1]\n", '']);
foreach (['--help', '--version', '--sample-config', '--check-config --directory=' . scratch() . '/data'] as $options) {
    echo strtok($options, ' '), ' to a full disk: ', shell_exec(escapeshellarg($program) . " $options 2>&1 >/dev/full; echo $?");
}
?>
--EXPECT--
without options: status 0: yes
nothing on stderr: yes
--ip, -i is told: yes
--port, -p is told: yes
--backlog, -b is told: yes
--directory, -d is told: yes
--readsize, -r is told: yes
--maxreadsize, -R is told: yes
--expiration, -e is told: yes
--timeout, -t is told: yes
--debug, -D is told: yes
--daemonize, -B is told: yes
--uid, -u is told: yes
--gid, -g is told: yes
--help, -h is told: yes
--help is the same: yes
-h is: yes
--version is the extension's: yes
-V is the same: yes
--help to a full disk: [ERROR] stdout cannot be written
1
--version to a full disk: [ERROR] stdout cannot be written
1
--sample-config to a full disk: [ERROR] stdout cannot be written
1
--check-config to a full disk: [ERROR] stdout cannot be written
1
