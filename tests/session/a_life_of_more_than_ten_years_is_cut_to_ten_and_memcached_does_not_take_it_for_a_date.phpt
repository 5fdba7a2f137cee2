--TEST--
a life of more than ten years is cut to ten, and memcached does not take it for a date that is over
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require __DIR__ . '/session.inc';
skip_unless_sharedanced();
skip_unless_memcached();
?>
--FILE--
<?php
require __DIR__ . '/session.inc';

foreach ([new MemcachedServer(), new TestServer()] as $server) {
    foreach (['315619200', '500000000', '2000000000'] as $life) {
        use_servers([$server]);
        ini_set('sharedance.session.read_prolongs', (string) (int) ($life !== '2000000000'));
        ini_set('session.gc_maxlifetime', $life);
        visit('id', fn () => $_SESSION['n'] = 1);
        echo json_encode(visit('id')), json_encode(visit('id')), "\n";
        visit('id', fn () => session_destroy());
    }
}
?>
--EXPECT--
{"n":1}{"n":1}
{"n":1}{"n":1}
{"n":1}{"n":1}
{"n":1}{"n":1}
{"n":1}{"n":1}
{"n":1}{"n":1}
