--TEST--
sessions and a sharedance object see the same entries
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/session.inc';

foreach ([false, true] as $redundancy) {
    $servers = servers(3);
    use_servers($servers);
    ini_set('sharedance.session.redundancy', $redundancy ? '1' : '0');
    $cache = pool($servers, $redundancy);
    foreach (['', 'app:'] as $prefix) {
        ini_set('sharedance.session.prefix', $prefix);
        visit('id', function () {
            $_SESSION['n'] = 1;
        });
        echo $cache->get($prefix . 'id'), ' ', count(array_filter($servers, fn ($server) => entry($server, $prefix . 'id') !== null)), "\n";
        $cache->set($prefix . 'id', 'n|i:7;');
        echo visit('id')['n'], "\n";
        $cache->delete($prefix . 'id');
        var_dump(visit('id'));
    }
}
?>
--EXPECT--
n|i:1; 1
7
array(0) {
}
n|i:1; 1
7
array(0) {
}
n|i:1; 2
7
array(0) {
}
n|i:1; 2
7
array(0) {
}
