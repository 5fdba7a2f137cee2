--TEST--
only with --core a crash leaves a core dump, which has sessions in it, and others of the user can read the memory
--SKIPIF--
<?php
require __DIR__ . '/server.inc';
skip_unless_sharedanced();
skip_unless_root();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

foreach (['ASAN_OPTIONS', 'TSAN_OPTIONS'] as $name) { /* sanitizers forbid it by themselves */
    putenv("$name=disable_coredump=0:" . getenv($name));
}
$as_nobody = 'setpriv --reuid=' . NOBODY . ' --regid=' . NOBODY . ' --clear-groups --';
$program = escapeshellarg(program_for_all());

/* The longest core dump, and whose the files in /proc are: root's if the process is protected. */
function look(string $what, array $options): void
{
    static $count = 0;

    mkdir($directory = scratch() . '/core-' . ++$count, 0700);
    chown($directory, NOBODY);
    $server = new TestServer($options, $directory);
    $pid = $server->process->pid;
    preg_match('/^Max core file size +(\S+)/m', file_get_contents("/proc/$pid/limits"), $match);
    clearstatcache();
    echo "$what: limit $match[1], ", fileowner("/proc/$pid/maps") === NOBODY ? 'dumpable' : 'protected', "\n";
}

start_by('ulimit -c unlimited; exec "$@"');
look('becomes a user', ['--uid=' . NOBODY, '--gid=' . NOBODY]);
look('becomes a user, --core', ['--uid=' . NOBODY, '--gid=' . NOBODY, '--core']);
start_by("ulimit -c unlimited; shift; exec $as_nobody $program \"\$@\"");
TestServer::$as_root = false;
look('is a user', []);
look('is a user, --core', ['--core']);
?>
--EXPECT--
becomes a user: limit 0, protected
becomes a user, --core: limit unlimited, dumpable
is a user: limit 0, protected
is a user, --core: limit unlimited, dumpable
