--TEST--
a path for the unix socket where something else is is refused, and what is there is left alone
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$data = '--directory=' . scratch() . '/data';
$path = scratch() . '/file';

file_put_contents($path, 'precious');
report_refusal(["--unix-socket=$path", $data]);
fact('the file is as it was', @file_get_contents($path) === 'precious');

@unlink($path);
file_put_contents($path, 'precious');
symlink($path, "$path-link");
report_refusal(["--unix-socket=$path-link", $data]);
fact('the link is as it was', @readlink("$path-link") === $path);
fact('so is the file', @file_get_contents($path) === 'precious');

mkdir("$path-directory");
report_refusal(["--unix-socket=$path-directory", $data]);
fact('the directory is as it was', is_dir("$path-directory"));
?>
--EXPECTF--
refused: [ERROR] cannot listen on SCRATCH/file: %s
the file is as it was: yes
refused: [ERROR] cannot listen on SCRATCH/file-link: %s
the link is as it was: yes
so is the file: yes
refused: [ERROR] cannot listen on SCRATCH/file-directory: %s
the directory is as it was: yes
