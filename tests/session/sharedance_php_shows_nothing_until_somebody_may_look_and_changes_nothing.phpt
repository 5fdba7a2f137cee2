--TEST--
sharedance.php shows nothing until it has a password's hash or a page includes it, and changes nothing
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
if (!is_file(root() . '/sharedance.php')) {
    die('skip there is no sharedance.php here');
}
?>
--FILE--
<?php
require __DIR__ . '/web.inc';

/* @return array{int, string} status and body, with a password or without */
function look(Web $web, ?string $password = null, string $path = '/', string $method = 'GET'): array
{
    $context = stream_context_create(['http' => ['ignore_errors' => true, 'method' => $method,
        'header' => $password === null ? [] : ['Authorization: Basic ' . base64_encode("anybody:$password")]]]);
    $answer = fopen("http://127.0.0.1:$web->port$path", 'r', false, $context);
    $web->headers = stream_get_meta_data($answer)['wrapper_data'];
    return [(int) substr($web->headers[0], 9, 3), stream_get_contents($answer)];
}

/* What a server has counted that would be a change. */
function changes(TestServer $server): array
{
    $socket = stream_socket_client("tcp://127.0.0.1:$server->port");
    fwrite($socket, "stats\r\n");
    for ($all = ''; !str_ends_with($all, "END\r\n"); $all .= fgets($socket)) {
    }
    preg_match_all('/^STAT (cmd_set|cmd_delete|cmd_touch|cmd_arithmetic|cmd_lock|curr_items) (\d+)/m', $all, $matches);
    return array_combine($matches[1], $matches[2]);
}

$servers = servers(2);
$address = "127.0.0.1:{$servers[0]->port}";
$hash = password_hash('a long password', PASSWORD_DEFAULT, ['cost' => 4]);
$file = scratch() . '/sharedance.php';
/* as somebody has edited it */
function edited(string $file, string $hash = '', string $list = ''): string
{
    $code = file_get_contents(root() . '/sharedance.php');
    $code = str_replace(["const PASSWORD_HASH = '';", "const SERVERS = '';"], ["const PASSWORD_HASH = '$hash';", "const SERVERS = '$list';"], $code, $count);
    file_put_contents($file, $code);
    return $file;
}

/* a web server whose main script it is */
function web_of(array $servers, string $file): Web
{
    $web = new Web($servers, '');
    $web->process->kill();
    $web->process = new Process([PHP_BINARY, '-n', ...extension_options(), '-d', 'session.save_handler=sharedance',
        '-d', 'session.save_path="' . save_path($servers) . '"', '-d', 'sharedance.retry_interval=1000', '-S', "127.0.0.1:$web->port", $file]);
    wait_until(fn () => @stream_socket_client("tcp://127.0.0.1:$web->port"), 'the web server');
    return $web;
}

$web = web_of($servers, edited($file));
[$status, $body] = look($web);
fact('without a hash nothing', $status === 403 && !str_contains($body, '127.0.0.1') && str_contains($body, 'PASSWORD_HASH'));
fact('nor with any password', look($web, '')[0] === 403 && look($web, 'a long password')[0] === 403);
edited($file, 'a long password');
fact('nor with what is no hash', look($web, 'a long password')[0] === 403);

edited($file, $hash);
[$status, $body] = look($web);
fact('without the password nothing', $status === 401 && !str_contains($body, '127.0.0.1')
    && preg_grep('/^WWW-Authenticate: Basic/', $web->headers) !== []);
fact('nor with another', look($web, 'a long passwore')[0] === 401 && look($web, '')[0] === 401 && look($web, $hash)[0] === 401);
$cache = new Sharedance();
$cache->addServers(save_path($servers));
$cache->set('secret-key', 'secret-value');
$before = array_map(changes(...), $servers);
[$status, $body] = look($web, 'a long password');
fact('with it the servers', $status === 200 && str_contains($body, $address) && str_contains($body, '>alive<'));
fact('of session.save_path', substr_count($body, '>alive<') === 2 && str_contains($body, 'sharedance.timeout'));
fact('no key, value or hash', !preg_match('/secret|\$2y/', $body));
fact('no script and nothing from elsewhere', !preg_match('~<script|<link|<img|url\(|src=|https?:|\son\w+=~i', $body)
    && preg_grep("/^Content-Security-Policy: default-src 'none'/", $web->headers) !== []);
fact('each head of a table says of what', preg_match_all('/<th\b/', $body) === preg_match_all('/<th scope="(col|row)" role="(column|row)header">/', $body));
fact('a request to change something changes nothing', look($web, 'a long password', '/?delete=secret-key', 'POST')[0] === 200
    && array_map(changes(...), $servers) === $before);

edited($file, $hash, "127.0.0.1:{$servers[1]->port}");
[, $body] = look($web, 'a long password');
fact('SERVERS counts before that', str_contains($body, "127.0.0.1:{$servers[1]->port}") && !str_contains($body, $address));
edited($file, $hash, 'user:secret@host:1');
[, $body] = look($web, 'a long password');
fact('a wrong list is not shown', str_contains($body, 'The list of servers is wrong') && !str_contains($body, 'secret@'));

/* a page includes it */
$page = new Web($servers, 'if (($_GET["user"] ?? "") !== "admin") { exit("who are you?"); } include ' . var_export(edited(scratch() . '/included.php'), true) . ';');
fact('a page that checks', $page->get('/') === 'who are you?');
fact('and includes it', str_contains($page->get('/?user=admin'), $address));
$page = new Web($servers, '$sharedance = new Sharedance(); $sharedance->addServers("127.0.0.1:' . $servers[1]->port . '"); (function () use ($sharedance) { require "' . scratch() . '/included.php"; })();');
$body = $page->get('/');
fact('with its own object', str_contains($body, "127.0.0.1:{$servers[1]->port}") && !str_contains($body, $address));

/* what a server says is text */
$hostile = new BrokenServer('speaks', bin2hex('<script>alert(1)</script>'), bin2hex("VERSION <script>alert(2)</script>\r\n"));
$dead = refusing_port();
edited($file, $hash, "127.0.0.1:$hostile->port,127.0.0.1:$dead");
[$status, $body] = look($web, 'a long password');
fact('a hostile server', $status === 200 && !str_contains($body, '<script'));
fact('and one that is dead', str_contains($body, '>dead<') && str_contains($body, 'Connection refused'));
?>
--EXPECT--
without a hash nothing: yes
nor with any password: yes
nor with what is no hash: yes
without the password nothing: yes
nor with another: yes
with it the servers: yes
of session.save_path: yes
no key, value or hash: yes
no script and nothing from elsewhere: yes
each head of a table says of what: yes
a request to change something changes nothing: yes
SERVERS counts before that: yes
a wrong list is not shown: yes
a page that checks: yes
and includes it: yes
with its own object: yes
a hostile server: yes
and one that is dead: yes
