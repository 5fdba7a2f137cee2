--TEST--
a warning reads the same in the log with html_errors: it has no double quotes
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

/* What a request with these servers and this code leaves in PHP's log. */
function logged(array $servers, string $code, array $settings = []): void
{
    $log = scratch() . '/log';
    @unlink($log);
    request($servers, 'set_error_handler(null);' . $code, ['html_errors' => '1', 'log_errors' => '1', 'error_log' => $log] + $settings)->wait();
    foreach (file($log) as $line) {
        if (preg_match('/(?:Sharedance failed|session\.save_path must|sharedance\.).*(?= in \S+ on line)/', $line, $found)) {
            echo tidy($found[0]), preg_match('/["&<>]/', $found[0]) ? ' HTML' : '', "\n";
        }
    }
}

$server = new TestServer();
$full = new TestServer(['--maxreadsize=4096']);
$dead = new TestServer();
$dead->kill();
logged([$dead], 'start("id");', ['sharedance.retry_interval' => '0']);
logged([$full], 'start("id"); $_SESSION["a"] = str_repeat("x", 5000); session_write_close();');
logged([$server], 'start("id");', ['session.save_path' => '"a;b"']);
logged([$server], 'ini_set("sharedance.read_policy", "both");');
?>
--EXPECT--
Sharedance failed to read the session (connect, after N ms, 0 bytes): Failed to connect on [127.0.0.1:PORT] 'Connection refused'
Sharedance failed to write the session (write, after N ms, 5012 bytes): Failed to write data to [127.0.0.1:PORT] 'the server says SERVER_ERROR object too large for cache (sharedanced --maxreadsize, memcached -I)'
session.save_path must be a list of servers: separate servers by commas: ';' found at offset 1
sharedance.read_policy must be newest or first, 'both' given
