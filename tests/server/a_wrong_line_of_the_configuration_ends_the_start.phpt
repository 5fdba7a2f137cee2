--TEST--
a wrong line of the configuration ends the start with status 2, and is named; the command line wins
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$file = scratch() . '/sharedanced.conf';
$directory = scratch() . '/data';

function look(string $text, string ...$options): void
{
    global $file, $directory;
    file_put_contents($file, $text);
    [$status, $output, $errors] = run([TestServer::program(), "--config=$file", "--directory=$directory", ...$options]);
    echo "$status: ", str_replace(scratch(), 'SCRATCH', trim($output . $errors)), "\n";
}

look("# a comment\n\nport = 0\nexpiration = soon\n");
look("port = 0\nno-such-option = 1\n");
look("port = 0\nconfig = /etc/other\n", '--check-config');
look("port = 1\nport = 2\n", '--check-config');
look("port = 70000\n", '--check-config', '--port=1');
look("port\n", '--check-config');
look("port = \"1042\"\n", '--check-config');
foreach (["60 # a minute", "60\t# a minute", '# a minute'] as $text) {
    look("expiration = $text\n", '--check-config');
}
look("pidfile = /run/x ; the number\n", '--check-config');
look("pidfile = /run/a;b#c\n", '--check-config');
look("port = 1043\nip = ::1, 127.0.0.1\nmemory =\ndebug = no\n", '--check-config');
fact('nothing was made', !file_exists($directory));
unlink($file);
[$status, , $errors] = run([TestServer::program(), "--config=$file", "--directory=$directory"]);
echo "$status: ", str_replace(scratch(), 'SCRATCH', trim($errors)), "\n";

file_put_contents($file, "port = 1\nexpiration = 1\nuid = root\ndirectory = $directory\n");
$server = new TestServer(["--config=$file", '--port=0']);
fact('the command line wins', $server->port > 1);
fact('the rest is the file\'s', request($server, store('key', 'value')) === "OK\n");
wait_until(fn () => request($server, fetch('key')) === '', 'an entry that expires after a second');
fact('ends with 0', $server->stop() === 0);
?>
--EXPECT--
2: [ERROR] SCRATCH/sharedanced.conf:4: expiration must be a number between 1 and 3000000000, "soon" given
2: [ERROR] SCRATCH/sharedanced.conf:2: no-such-option is not an option
2: [ERROR] SCRATCH/sharedanced.conf:2: config is not an option of a configuration file
2: [ERROR] SCRATCH/sharedanced.conf:2: port was set in line 1 already
2: [ERROR] SCRATCH/sharedanced.conf:1: port must be a number between 0 and 65535, "70000" given
2: [ERROR] SCRATCH/sharedanced.conf:1: "option = value" expected
2: [ERROR] SCRATCH/sharedanced.conf:1: values have no quotes
2: [ERROR] SCRATCH/sharedanced.conf:1: a comment needs a line of its own
2: [ERROR] SCRATCH/sharedanced.conf:1: a comment needs a line of its own
2: [ERROR] SCRATCH/sharedanced.conf:1: a comment needs a line of its own
2: [ERROR] SCRATCH/sharedanced.conf:1: a comment needs a line of its own
0: the options are valid
0: the options are valid
nothing was made: yes
2: [ERROR] SCRATCH/sharedanced.conf cannot be read: No such file or directory
the command line wins: yes
the rest is the file's: yes
ends with 0: yes
