--TEST--
a server is judged by the limits of php-fpm's pool, and not by those of .user.ini
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

/* No byte of an answer comes. */
$file = scratch() . '/silent';
touch($file);
$relay = relayed(new TestServer(), 'holds', $file, '0');

/* The state of the server after some requests, or when it is marked. */
function state(string $user_ini, string $admin_value): string
{
    global $relay;
    static $count = 0;
    $directory = scratch() . '/site-' . ++$count;
    mkdir($directory);
    file_put_contents("$directory/.user.ini", $user_ini);
    file_put_contents("$directory/page.inc", '<?php
        $cache = new Sharedance();
        $cache->addServer(new SharedanceServer("127.0.0.1", ' . $relay->port . ', 60));
        try {
            $cache->get("k");
        } catch (SharedanceException) {
            echo "fails ", $cache->getServers()[0]["state"];
        }
    ');
    $fpm = start_fpm(1, [...extension_options(), '-d', 'sharedance.timeout=60', '-d', 'sharedance.retry_interval=1000']);
    $socket = scratch() . "/web-$count.sock";
    $nginx = start_nginx("unix:$socket", "$directory/page.inc", ['DOCUMENT_ROOT' => $directory, 'PHP_ADMIN_VALUE' => $admin_value]);
    $is_marked = $admin_value !== '' && $user_ini === '';
    for ($i = 0, $state = ''; $i < ($is_marked ? 100 : 3) && !str_ends_with($state, 'dead'); $i++) {
        $client = stream_socket_client("unix://$socket");
        fwrite($client, "GET / HTTP/1.0\r\nHost: a\r\n\r\n");
        $state = trim(strrchr(stream_get_contents($client), "\n"));
    }
    $nginx->end();
    $fpm->end();
    return $state;
}

echo '.user.ini:                   ', state('sharedance.timeout = 0.3', ''), "\n";
echo 'the pool:                    ', state('', 'sharedance.timeout=0.3'), "\n";
echo 'both:                        ', state('sharedance.connect_timeout = 0.3', 'sharedance.timeout=0.3'), "\n";
?>
--EXPECT--
.user.ini:                   fails unknown
the pool:                    fails dead
both:                        fails unknown
