--TEST--
sessions are set by php.ini, by a pool and by .user.ini
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require __DIR__ . '/web-stack.inc';
skip_unless_sharedanced();
if (($reason = no_web_because()) !== null) {
    die("skip $reason");
}
?>
--FILE--
<?php
require __DIR__ . '/web-stack.inc';

/* docs/sessions.md names these places. Two visits of one visitor, and whether both servers have the session. */
function visits(array $php, array $parameters, string $user_ini): string
{
    static $count = 0;
    $directory = scratch() . '/site-' . ++$count;
    mkdir($directory);
    file_put_contents("$directory/.user.ini", $user_ini);
    file_put_contents("$directory/page.inc", '<?php session_id("visitor00000"); session_start();
        echo $_SESSION["n"] = ($_SESSION["n"] ?? 0) + 1, " ", ini_get("session.save_handler");');
    $fpm = start_fpm(1, [...extension_options(), ...$php]);
    $socket = scratch() . "/web-$count.sock";
    $nginx = start_nginx("unix:$socket", "$directory/page.inc", ['DOCUMENT_ROOT' => $directory] + $parameters);
    $answers = [];
    for ($i = 0; $i < 2; $i++) {
        $client = stream_socket_client("unix://$socket");
        fwrite($client, "GET / HTTP/1.0\r\nHost: a\r\n\r\n");
        $answers[] = trim(strrchr(stream_get_contents($client), "\n"));
    }
    $nginx->end();
    $fpm->end();
    return implode(', ', $answers);
}

$settings = function () use (&$servers): array {
    $servers = servers(2);
    return ['session.save_handler' => 'sharedance', 'session.save_path' => implode(', ', array_map(fn ($server) => "127.0.0.1:$server->port", $servers))];
};
$copies = function () use (&$servers): int {
    return count(array_filter($servers, fn ($server) => str_starts_with(meta_line($server, 'mg visitor00000 t'), 'HD')));
};

$php = [];
foreach ($settings() as $name => $value) {
    array_push($php, '-d', "$name=\"$value\"");
}
echo 'php.ini:   ', visits($php, [], ''), ', copies: ', $copies(), "\n";
$value = '';
foreach ($settings() as $name => $text) {
    $value .= "$name=$text\n";
}
echo 'the pool:  ', visits([], ['PHP_ADMIN_VALUE' => $value], ''), ', copies: ', $copies(), "\n";
$lines = '';
foreach ($settings() as $name => $text) {
    $lines .= "$name = \"$text\"\n";
}
echo '.user.ini: ', visits([], [], $lines), ', copies: ', $copies(), "\n";
?>
--EXPECT--
php.ini:   1 sharedance, 2 sharedance, copies: 2
the pool:  1 sharedance, 2 sharedance, copies: 2
.user.ini: 1 sharedance, 2 sharedance, copies: 2
