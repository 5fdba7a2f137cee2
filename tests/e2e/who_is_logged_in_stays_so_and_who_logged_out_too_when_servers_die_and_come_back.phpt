--TEST--
in a browser, who is logged in stays so when a server dies, and who logged out when it comes back
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require __DIR__ . '/browser.inc';
skip_unless_sharedanced();
$reason = no_browser_because();
if ($reason !== null) {
    die("skip $reason");
}
?>
--FILE--
<?php
require __DIR__ . '/browser.inc';

$servers = servers(4);
$list = implode(', ', array_map(fn ($server) => "tcp://127.0.0.1:$server->port", $servers));
$port = refusing_port();
$settings = ['session.save_handler' => 'sharedance', 'session.save_path' => "\"$list\"",
    'sharedance.retry_interval' => '1'];
$options = [];
foreach ($settings as $name => $value) {
    array_push($options, '-d', "$name=$value");
}
$web = new Process([PHP_BINARY, '-n', ...extension_options(), ...$options, '-S', "127.0.0.1:$port",
    '-t', root() . '/examples/session']);
wait_until(fn () => @stream_socket_client("tcp://127.0.0.1:$port"), 'the web server');

/* What the page says, and the state of a server as it shows it. */
function says(Browser $browser): string
{
    return $browser->run('return document.querySelector("h1").innerText + " "
        + (document.querySelector("#visits")?.innerText ?? "-")');
}

function state(Browser $browser, string $server): string
{
    return $browser->run("return document.querySelector('[data-server=\"$server\"]').className");
}

$browser = new Browser();
$browser->go("http://127.0.0.1:$port/");
echo says($browser), "\n";
$browser->type('input', '<Anna>');
$browser->click('button');
echo says($browser), "\n";
$browser->reload();
echo says($browser), "\n";

$first = $browser->run('return document.querySelector("[data-copy=first]").dataset.server');
$victim = array_column($servers, null, 'port')[(int) substr(strrchr($first, ':'), 1)];
$victim->kill();
$browser->reload();
echo 'killed: ', says($browser), ', its first server is ', state($browser, $first), "\n";
$id = $browser->cookie('PHPSESSID');
$browser->click('.log-out button');
echo 'logged out: ', says($browser), "\n";

/* The server comes back with the session as it was, and a browser asks for that. */
$victim->start();
echo 'the server has ', str_starts_with((string) held($victim, $id), 'name|s:6:"<Anna>"') ? 'the old session' : 'nothing', "\n";
$alive = 0;
wait_until(function () use ($browser, $id, $first, &$alive) {
    $browser->set_cookie('PHPSESSID', $id);
    $browser->reload();
    if (says($browser) !== 'Who are you? -') {
        throw new RuntimeException('logged in: ' . says($browser));
    }
    return state($browser, $first) === 'alive' && ++$alive > 1;
}, 'the server that came back');
echo 'back: ', says($browser), ', its first server is ', state($browser, $first), "\n";
echo preg_grep('/warning|error|\[50/i', explode("\n", $web->log())) === [] ? 'no error' : $web->log(), "\n";
?>
--EXPECT--
Who are you? -
Hello, <Anna> 1
Hello, <Anna> 2
killed: Hello, <Anna> 3, its first server is dead
logged out: Who are you? -
the server has the old session
back: Who are you? -, its first server is alive
no error
