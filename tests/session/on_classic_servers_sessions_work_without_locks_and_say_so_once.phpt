--TEST--
on classic servers sessions work without locks and say so once
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

$log = scratch() . '/errors';
$servers = servers(2);
$classic = array_map(classic(...), $servers);
$code = '
    for ($i = 0; $i < 3; $i++) {
        visit("id", function () { $_SESSION["n"] = ($_SESSION["n"] ?? 0) + 1; });
        visit("id");
        visit("other", function () { $_SESSION["n"] = 1; });
    }
    start("id");
    echo $_SESSION["n"], "\n";
    session_reset();
    session_regenerate_id(true);
    $_SESSION["moved"] = true;
    session_write_close();
    var_dump(visit(session_id()), visit("id"));
    visit("other", fn () => session_destroy());
    var_dump(visit("other"));
';
foreach ([[$classic[0]], $classic] as $which) {
    foreach (['0', '1'] as $strict) {
        $request = request($which, $code, ['log_errors' => '1', 'error_log' => $log, 'session.use_strict_mode' => '0']);
        $request->wait();
        echo $request->log();
        echo preg_replace('/^\[[^]]*\] /m', '', file_get_contents($log));
        unlink($log);
        array_map(fn ($server) => pool([$server])->deleteMulti(['id', 'other']), $servers);
    }
}
echo "without asking for locks nothing is said\n";
$request = request([$classic[0]], $code, ['log_errors' => '1', 'error_log' => $log, 'sharedance.session.locking' => '0']);
$request->wait();
var_dump(file_exists($log));
?>
--EXPECT--
3
array(2) {
  ["n"]=>
  int(3)
  ["moved"]=>
  bool(true)
}
array(0) {
}
array(0) {
}
sharedance: these servers have no locks: if two requests use one session at the same time, the last one to write wins (sharedance.session.locking)
3
array(2) {
  ["n"]=>
  int(3)
  ["moved"]=>
  bool(true)
}
array(0) {
}
array(0) {
}
sharedance: these servers have no locks: if two requests use one session at the same time, the last one to write wins (sharedance.session.locking)
3
array(2) {
  ["n"]=>
  int(3)
  ["moved"]=>
  bool(true)
}
array(0) {
}
array(0) {
}
sharedance: these servers have no locks: if two requests use one session at the same time, the last one to write wins (sharedance.session.locking)
3
array(2) {
  ["n"]=>
  int(3)
  ["moved"]=>
  bool(true)
}
array(0) {
}
array(0) {
}
sharedance: these servers have no locks: if two requests use one session at the same time, the last one to write wins (sharedance.session.locking)
without asking for locks nothing is said
bool(false)
