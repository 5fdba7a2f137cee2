--TEST--
each setting of other handlers is translated
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
if (!is_file(__DIR__ . '/../../docs/sessions.md')) { /* pecl installs the tests alone */
    die('skip the page is not beside the tests');
}
foreach (['memcached', 'redis', 'igbinary', 'msgpack'] as $extension) {
    if (!is_file(ini_get('extension_dir') . "/$extension.so")) {
        die("skip the extension $extension is not installed");
    }
}
?>
--FILE--
<?php
/* docs/sessions.md has a row for each setting of sessions that php-memcached and phpredis have, and none that they lack, except
 * for those of phpredis 6; what it gives instead are settings of ours. */
const NEWER = ['redis.session.early_refresh', 'redis.session.compression', 'redis.session.compression_level'];
$page = file_get_contents(__DIR__ . '/../../docs/sessions.md');
$directory = ini_get('extension_dir');
$command = escapeshellarg(PHP_BINARY) . ' -n';
foreach (['igbinary', 'msgpack', 'memcached', 'redis'] as $extension) {
    $command .= " -d extension=$directory/$extension.so";
}
$names = explode("\n", trim(shell_exec("$command -r "
    . escapeshellarg('echo implode("\n", array_keys(ini_get_all("memcached") + ini_get_all("redis")));'))));
/* an older php-memcached has two more, which newer ones only refuse; later versions of both may have new ones */
$theirs = preg_grep('/^(memcached\.sess_|redis\.session\.)/', $names);
preg_match_all('/^\| (.*?) \| (.*) \|$/m', strstr($page, '### The files handler'), $rows);
preg_match_all('/`((?:memcached\.sess_|redis\.session\.)\w+)`/', implode(' ', $rows[1]), $translated);
preg_match_all('/`(sharedance\.[\w.]+)`/', implode(' ', $rows[2]), $ours);
var_dump(count($theirs) > 15, array_values(array_diff($theirs, $translated[1])), array_values(array_diff($translated[1], $theirs, NEWER)));
var_dump(array_values(array_diff($ours[1], array_keys(ini_get_all('sharedance')))));
?>
--EXPECT--
bool(true)
array(0) {
}
array(0) {
}
array(0) {
}
