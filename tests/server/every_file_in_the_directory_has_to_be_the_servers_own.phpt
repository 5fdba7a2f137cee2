--TEST--
every file in the directory has to be the server's own, regular, with one name; one that others can read is closed to them
--SKIPIF--
<?php
require __DIR__ . '/server.inc';
skip_unless_sharedanced();
skip_unless_root();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

/* every file that a server makes, whatever its version names them */
$server = new TestServer();
$directory = $server->directory;
request($server, store('key', 'value'));
wait_until_committed($server);
$server->kill(); /* which leaves all files there */
$names = array_values(array_diff(scandir($directory), ['.', '..', 'sharedanced.control']));
fact('there are files', in_array('data.mdb', $names, true) && in_array('lock.mdb', $names, true) && count($names) >= 4);

$precious = scratch() . '/precious';
file_put_contents($precious, "precious\n");
chmod($precious, 0600);

/* Puts something else in a file's place, and starts a server on it. */
function planted(string $path, callable $plant): array
{
    rename($path, scratch() . '/kept');
    $plant($path);
    [$status, , $errors] = run([TestServer::program(), '--port=0', '--directory=' . dirname($path)]);
    remove_tree($path);
    rename(scratch() . '/kept', $path);
    return [$status, $errors];
}

$plants = [
    'a symbolic link' => fn (string $path) => symlink($precious, $path),
    'a link to nothing' => fn (string $path) => symlink(scratch() . '/nothing', $path),
    'a second link' => fn (string $path) => link($precious, $path),
    'a directory' => fn (string $path) => mkdir($path),
    'a pipe' => fn (string $path) => exec('mkfifo -m 600 ' . escapeshellarg($path)),
    'another user\'s' => fn (string $path) => copy(scratch() . '/kept', $path) && chmod($path, 0600) && chown($path, NOBODY),
    'writable by others' => fn (string $path) => copy(scratch() . '/kept', $path) && chmod($path, 0602),
    'writable by the group' => fn (string $path) => copy(scratch() . '/kept', $path) && chmod($path, 0620),
];
foreach ($plants as $what => $plant) {
    foreach ($names as $name) {
        [$status, $errors] = planted("$directory/$name", $plant);
        if ($status !== 1 || !preg_match('~^\[ERROR\] file ' . preg_quote("$directory/$name") . ' ~m', $errors)
            || file_get_contents($precious) !== "precious\n" || file_exists(scratch() . '/nothing')) {
            echo "$what in the place of $name: status $status, $errors\n";
        }
    }
    echo "$what: refused\n";
}

/* as a backup that was put back has them */
foreach ($names as $name) {
    chmod("$directory/$name", 0644);
}
symlink($precious, "$directory/somebody");
symlink($precious, "$directory/data.mdb.old");
mkdir("$directory/sharedanced.values.before");
$server->start();
fact('others may no longer read', array_filter($names, fn ($name) => (fileperms("$directory/$name") & 07777) !== 0600) === []);
fact('which is said for each', lines($server, '/^\[WARNING\] file \S+ had mode 0644 and has 0600 now$/m') === count($names));
fact('what was stored is there', request($server, fetch('key')) === 'value');
?>
--EXPECT--
there are files: yes
a symbolic link: refused
a link to nothing: refused
a second link: refused
a directory: refused
a pipe: refused
another user's: refused
writable by others: refused
writable by the group: refused
others may no longer read: yes
which is said for each: yes
what was stored is there: yes
