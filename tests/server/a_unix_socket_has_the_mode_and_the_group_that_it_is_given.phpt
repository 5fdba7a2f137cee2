--TEST--
a unix socket has the mode and the group that it is given, whichever user the server becomes
--SKIPIF--
<?php
require __DIR__ . '/server.inc';
skip_unless_sharedanced();
skip_unless_root();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

const OTHERS = 33; /* a group that is not the server's */
$path = scratch() . '/socket';
$become = ['--uid=' . NOBODY, '--gid=' . NOBODY];
chmod(scratch(), 0755);

/* Whether a user of that group, and of no other, can connect. */
function connects(int $user, int $group): bool
{
    global $path;
    $code = 'exit(@stream_socket_client($argv[1]) === false ? 1 : 0);';
    exec("setpriv --reuid=$user --regid=$group --clear-groups -- " . PHP_BINARY . ' -n -r '
        . escapeshellarg($code) . ' ' . escapeshellarg("unix://$path"), $output, $status);
    return $status === 0;
}

foreach ([
    'by default' => [],
    'another user' => $become,
    'with a mode' => ['--unix-socket-mode=0750'],
    'for all' => ['--unix-socket-mode=777', ...$become],
    'with a group' => ['--unix-socket-group=' . OTHERS],
    'with a group, another user' => ['--unix-socket-group=' . OTHERS, ...$become],
    'with a group and a mode' => ['--unix-socket-group=' . OTHERS, '--unix-socket-mode=0700', ...$become],
] as $what => $options) {
    $server = new TestServer(["--unix-socket=$path", ...$options]);
    clearstatcache();
    printf("%s: %04o, user %d, group %d; serves: root", $what, fileperms($path) & 07777, fileowner($path), filegroup($path));
    echo connects(NOBODY, NOBODY) ? ', nobody' : '', connects(4000, OTHERS) ? ', the group' : '', connects(4000, 4000) ? ', all' : '', "\n";
    $server->kill();
    unlink($path);
}

/* without privileges a group is the user's own, or none */
$as_nobody = ['setpriv', '--reuid=' . NOBODY, '--regid=' . NOBODY, '--clear-groups', '--'];
mkdir(scratch() . '/nobody');
chown(scratch() . '/nobody', NOBODY);
$path = scratch() . '/nobody/socket';
report_refusal(["--unix-socket=$path", '--unix-socket-group=' . OTHERS, '--directory=' . scratch() . '/nobody/data'], $as_nobody, program_for_all());
?>
--EXPECT--
by default: 0700, user 0, group 0; serves: root
another user: 0700, user 65534, group 65534; serves: root, nobody
with a mode: 0750, user 0, group 0; serves: root
for all: 0777, user 65534, group 65534; serves: root, nobody, the group, all
with a group: 0770, user 0, group 33; serves: root, the group
with a group, another user: 0770, user 65534, group 33; serves: root, nobody, the group
with a group and a mode: 0700, user 65534, group 33; serves: root, nobody
refused: [ERROR] SCRATCH/nobody/socket cannot be given to group 33: Operation not permitted; the server's user has to be one of its members, and a unit of systemd has to allow @chown
