--TEST--
a write whose lock was lost is stored if nobody wrote and refused if somebody did
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

function keep(string $value): void
{
    $_SESSION['n'] = $value;
}

function restart(TestServer ...$servers): void
{
    foreach ($servers as $server) {
        $server->kill();
        $server->start();
    }
}

/* A proxy's idle timeout, on the way to these servers. */
function cut(string ...$files): void
{
    foreach ($files as $file) {
        leave_file($file);
        wait_until(fn () => !file_exists($file), 'the connections to be closed');
    }
}

/*
 * Three requests whose lock is lost: nobody writes meanwhile, another request does, and another one has
 * the lock when the write begins.
 *
 * @param list<TestServer> $servers
 */
function trial(string $what, array $servers, callable $lose): void
{
    $theirs = fn (string $value, string $code = '') => request($servers, "visit('id', function () { \$_SESSION['n'] = '$value'; $code });");
    visit('id', fn () => keep('old'));

    echo "$what\nnobody wrote\n";
    start('id');
    keep('ours');
    $lose();
    session_write_close();
    echo shown($servers);

    echo "somebody wrote\n";
    start('id');
    keep('ours, too');
    $lose();
    $theirs('theirs')->wait();
    session_write_close();
    echo shown($servers);

    echo "and so it is with a delete\n";
    start('id');
    $lose();
    session_destroy();
    echo shown($servers);
    start('id');
    $lose();
    $theirs('theirs')->wait();
    session_destroy();
    echo shown($servers);

    if ($what !== 'the lease ends') { /* theirs would end, too */
        wait_for_others($servers, $lose, $theirs);
    }
    echo "what is unchanged is prolonged\n";
    start('id');
    $lose();
    session_write_close();
    echo shown($servers);
}

/* Another request has the lock when the write begins, and writes while that waits. */
function wait_for_others(array $servers, callable $lose, callable $theirs): void
{
    echo "somebody has read, and writes later\n";
    ini_set('sharedance.session.lock_wait', '60');
    start('id');
    keep('ours, too');
    $lose();
    $go = scratch() . '/go';
    $request = $theirs('later', "touch('$go.has'); for (\$i = 0; \$i < 20000 && !file_exists('$go'); \$i++) { usleep(3000); }");
    wait_until(fn () => file_exists("$go.has"), 'the other request');
    $opener = new Process(['sh', '-c', "sleep 0.3; touch $go"]); /* so that the write mostly waits */
    session_write_close();
    $opener->wait();
    $request->wait();
    echo shown($servers);
    array_map(unlink(...), [$go, "$go.has"]);
}

/* @param list<TestServer> $servers */
function shown(array $servers): string
{
    foreach ($servers as $server) {
        echo is_free($server, 'id') ? '' : "LOCKED\n";
    }
    return implode(' ', array_map(fn ($server) => entry($server, 'id') ?? 'none', $servers)) . "\n";
}

$server = new TestServer();
use_servers([$server]);
trial('the server is restarted', [$server], fn () => restart($server));

$servers = servers(2);
use_servers($servers);
trial('both servers are restarted in turn', $servers, fn () => restart(...$servers));

$files = [scratch() . '/cut-1', scratch() . '/cut-2'];
use_servers([relayed($servers[0], 'cuts', $files[0]), relayed($servers[1], 'cuts', $files[1])]);
trial('a proxy closes the connections', $servers, fn () => cut(...$files));

echo "a firewall forgets the connections, and the servers still have the lock\n";
$files = [scratch() . '/forget-1', scratch() . '/forget-2'];
foreach ([1, 2] as $count) {
    $relays = array_map(fn ($i) => relayed($servers[$i], 'forgets', $files[$i]), range(0, $count - 1));
    use_servers($relays, '?timeout=4');
    ini_set('sharedance.session.lock_wait', '60');
    visit('id', fn () => keep('old'));
    foreach (['written' => fn () => session_write_close(), 'deleted' => fn () => session_destroy()] as $what => $ends) {
        start('id');
        keep("$what $count");
        cut(...array_slice($files, 0, $count));
        $ends();
        echo shown(array_slice($servers, 0, $count));
    }
}

$short = new TestServer(['--lock-lease=1']);
use_servers([$short]);
/* as that of a script that goes on after set_time_limit(0): it was granted for the limit before */
set_time_limit(300);
trial('the lease ends', [$short], fn () => set_time_limit(0) && is_free($short, 'id'));

echo "on one of two servers it is held still\n";
use_servers($servers);
visit('id', fn () => keep('old'));
foreach ($servers as $i => $server) {
    start('id');
    keep("ours $i");
    restart($server);
    session_write_close();
    echo shown($servers);
}
?>
--EXPECT--
the server is restarted
nobody wrote
n|s:4:"ours";
somebody wrote
Warning: session_write_close(): Sharedance failed to write the session (lock, after N ms, 18 bytes): the lock was lost meanwhile, and another request has written the session since: nothing was written
Warning: session_write_close(): Failed to write session data (sharedance). Please verify that the current setting of session.save_path is correct (tcp://127.0.0.1:PORT)
n|s:6:"theirs";
and so it is with a delete
none
Warning: session_destroy(): Sharedance failed to delete the session (lock, after N ms, 0 bytes): the lock was lost meanwhile, and another request has written the session since: nothing was written
Warning: session_destroy(): Session object destruction failed
n|s:6:"theirs";
somebody has read, and writes later
Warning: session_write_close(): Sharedance failed to write the session (lock, after N ms, 18 bytes): the lock was lost meanwhile, and another request has written the session since: nothing was written
Warning: session_write_close(): Failed to write session data (sharedance). Please verify that the current setting of session.save_path is correct (tcp://127.0.0.1:PORT)
n|s:5:"later";
what is unchanged is prolonged
n|s:5:"later";
both servers are restarted in turn
nobody wrote
n|s:4:"ours"; n|s:4:"ours";
somebody wrote
Warning: session_write_close(): Sharedance failed to write the session (lock, after N ms, 18 bytes): the lock was lost meanwhile, and another request has written the session since: nothing was written
Warning: session_write_close(): Failed to write session data (sharedance). Please verify that the current setting of session.save_path is correct (tcp://127.0.0.1:PORT, tcp://127.0.0.1:PORT)
n|s:6:"theirs"; n|s:6:"theirs";
and so it is with a delete
none none
Warning: session_destroy(): Sharedance failed to delete the session (lock, after N ms, 0 bytes): the lock was lost meanwhile, and another request has written the session since: nothing was written
Warning: session_destroy(): Session object destruction failed
n|s:6:"theirs"; n|s:6:"theirs";
somebody has read, and writes later
Warning: session_write_close(): Sharedance failed to write the session (lock, after N ms, 18 bytes): the lock was lost meanwhile, and another request has written the session since: nothing was written
Warning: session_write_close(): Failed to write session data (sharedance). Please verify that the current setting of session.save_path is correct (tcp://127.0.0.1:PORT, tcp://127.0.0.1:PORT)
n|s:5:"later"; n|s:5:"later";
what is unchanged is prolonged
n|s:5:"later"; n|s:5:"later";
a proxy closes the connections
nobody wrote
n|s:4:"ours"; n|s:4:"ours";
somebody wrote
Warning: session_write_close(): Sharedance failed to write the session (lock, after N ms, 18 bytes): the lock was lost meanwhile, and another request has written the session since: nothing was written
Warning: session_write_close(): Failed to write session data (sharedance). Please verify that the current setting of session.save_path is correct (tcp://127.0.0.1:PORT, tcp://127.0.0.1:PORT)
n|s:6:"theirs"; n|s:6:"theirs";
and so it is with a delete
none none
Warning: session_destroy(): Sharedance failed to delete the session (lock, after N ms, 0 bytes): the lock was lost meanwhile, and another request has written the session since: nothing was written
Warning: session_destroy(): Session object destruction failed
n|s:6:"theirs"; n|s:6:"theirs";
somebody has read, and writes later
Warning: session_write_close(): Sharedance failed to write the session (lock, after N ms, 18 bytes): the lock was lost meanwhile, and another request has written the session since: nothing was written
Warning: session_write_close(): Failed to write session data (sharedance). Please verify that the current setting of session.save_path is correct (tcp://127.0.0.1:PORT, tcp://127.0.0.1:PORT)
n|s:5:"later"; n|s:5:"later";
what is unchanged is prolonged
n|s:5:"later"; n|s:5:"later";
a firewall forgets the connections, and the servers still have the lock
n|s:9:"written 1";
none
n|s:9:"written 2"; n|s:9:"written 2";
none none
the lease ends
nobody wrote
n|s:4:"ours";
somebody wrote
Warning: session_write_close(): Sharedance failed to write the session (lock, after N ms, 18 bytes): the lock was lost meanwhile, and another request has written the session since: nothing was written
Warning: session_write_close(): Failed to write session data (sharedance). Please verify that the current setting of session.save_path is correct (tcp://127.0.0.1:PORT)
n|s:6:"theirs";
and so it is with a delete
none
Warning: session_destroy(): Sharedance failed to delete the session (lock, after N ms, 0 bytes): the lock was lost meanwhile, and another request has written the session since: nothing was written
Warning: session_destroy(): Session object destruction failed
n|s:6:"theirs";
what is unchanged is prolonged
n|s:6:"theirs";
on one of two servers it is held still
n|s:6:"ours 0"; n|s:6:"ours 0";
n|s:6:"ours 1"; n|s:6:"ours 1";
