--TEST--
what ends a session frees its lock at once
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

$server = new TestServer();
use_servers([$server]);
visit('id', function () {
    $_SESSION['n'] = 1;
});
$ends = [
    'read_and_close' => fn () => start('id', ['read_and_close' => true]),
    'session_write_close' => fn () => start('id') && session_write_close(),
    'session_abort' => fn () => start('id') && session_abort(),
    'session_destroy' => fn () => start('other') && session_destroy(),
];
foreach ($ends as $what => $end) {
    $end();
    echo $what, ': ', is_free($server, 'id') ? 'free' : 'HELD', "\n";
}
start('id');
echo 'open: ', !is_held($server, 'id') ? 'FREE' : 'held', "\n";
session_abort();

echo "the end of the script, however it comes\n";
$scripts = [
    'its last line' => '',
    'exit' => 'exit(3);',
    'an exception' => 'throw new Exception("thrown");',
    'a fatal error' => 'undefined_function();',
];
foreach ($scripts as $what => $code) {
    $request = request([$server], 'start("id"); $_SESSION["n"]++;' . $code, ['display_errors' => '0']);
    $request->wait();
    echo $what, ': ', is_free($server, 'id') ? 'free, ' : 'HELD, ', entry($server, 'id'), "\n";
}
$request = request([$server], 'start("id"); $_SESSION["n"] = "lost"; exec("kill -9 " . getmypid());');
$request->wait();
echo 'SIGKILL: ', is_free($server, 'id') ? 'free, ' : 'HELD, ', entry($server, 'id'), "\n";
echo "and where connections do not outlive the request, it is written before they end\n";
$request = request([$server], 'start("id"); $_SESSION["n"]++;', ['sharedance.persistent' => '0']);
$request->wait();
echo $request->log(), is_free($server, 'id') ? 'free, ' : 'HELD, ', entry($server, 'id'), "\n";
?>
--EXPECT--
read_and_close: free
session_write_close: free
session_abort: free
session_destroy: free
open: held
the end of the script, however it comes
its last line: free, n|i:2;
exit: free, n|i:3;
an exception: free, n|i:4;
a fatal error: free, n|i:5;
SIGKILL: free, n|i:5;
and where connections do not outlive the request, it is written before they end
free, n|i:6;
