--TEST--
persistent is a setting of a directory and of a server, too
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require __DIR__ . '/web-stack.inc';
skip_unless_sharedanced();
$reason = no_web_because();
if ($reason !== null) {
    die("skip $reason");
}
?>
--FILE--
<?php
require __DIR__ . '/web-stack.inc';

/* One worker of php-fpm, which restores the settings of a request at its end. */
$relay = relayed(new TestServer());

/* The connections that each of three requests has made, with what stands in .user.ini and what nginx
 * passes on. */
function made(string $user_ini, array $parameters): string
{
    global $relay;
    static $count = 0;
    $directory = scratch() . '/site-' . ++$count;
    mkdir($directory);
    file_put_contents("$directory/.user.ini", $user_ini);
    file_put_contents("$directory/page.inc", '<?php
        $cache = new Sharedance();
        $cache->addServer(new SharedanceServer("127.0.0.1", ' . $relay->port . '));
        echo $cache->set("k", "v"), ini_get("sharedance.persistent");
    ');
    $fpm = start_fpm(1, extension_options());
    $socket = scratch() . "/web-$count.sock";
    $nginx = start_nginx("unix:$socket", "$directory/page.inc", ['DOCUMENT_ROOT' => $directory] + $parameters);
    $made = [];
    for ($i = 0; $i < 3; $i++) {
        $before = $relay->connections();
        $client = stream_socket_client("unix://$socket");
        fwrite($client, "GET / HTTP/1.0\r\nHost: a\r\n\r\n");
        $answer = stream_get_contents($client);
        $made[] = $relay->connections() - $before . ' with ' . substr($answer, -1);
    }
    $nginx->end();
    $fpm->end();
    return implode(', ', $made);
}

echo 'as it is:        ', made('', []), "\n";
echo '.user.ini:       ', made('sharedance.persistent = 0', []), "\n";
echo 'PHP_VALUE:       ', made('', ['PHP_VALUE' => 'sharedance.persistent=0']), "\n";
echo 'PHP_ADMIN_VALUE: ', made('', ['PHP_ADMIN_VALUE' => 'sharedance.persistent=0']), "\n";
?>
--EXPECT--
as it is:        1 with 1, 0 with 1, 0 with 1
.user.ini:       1 with 0, 1 with 0, 1 with 0
PHP_VALUE:       1 with 0, 1 with 0, 1 with 0
PHP_ADMIN_VALUE: 1 with 0, 1 with 0, 1 with 0
