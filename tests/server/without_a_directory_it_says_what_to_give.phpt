--TEST--
without --directory the server says what to give, and ends with 2
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

foreach ([['--port=0'], ['--port=0', '--daemonize'], ['-D'], ['--unix-socket=' . scratch() . '/socket']] as $options) {
    report_refusal($options);
    fact('status 2', run([TestServer::program(), ...$options])[0] === 2);
}
fact('nothing was made', glob(scratch() . '/[!s]*') === [] && !file_exists(scratch() . '/socket'));
fact('--help needs none', run([TestServer::program(), '--port=0', '--help'])[0] === 0);
fact('nor does --version', run([TestServer::program(), '-p0', '-V'])[0] === 0);
?>
--EXPECT--
refused: [ERROR] --directory is missing: give a path that only the server's user can write to, such as --directory=/var/lib/sharedance
status 2: yes
refused: [ERROR] --directory is missing: give a path that only the server's user can write to, such as --directory=/var/lib/sharedance
status 2: yes
refused: [ERROR] --directory is missing: give a path that only the server's user can write to, such as --directory=/var/lib/sharedance
status 2: yes
refused: [ERROR] --directory is missing: give a path that only the server's user can write to, such as --directory=/var/lib/sharedance
status 2: yes
nothing was made: yes
--help needs none: yes
nor does --version: yes
