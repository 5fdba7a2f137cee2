<?php
/*
 * A page with a session: log in with any name, and see your visits counted and which servers hold the
 * session. Kill one of them and reload.
 *
 *   php -d extension=sharedance -d session.save_handler=sharedance \
 *       -d session.save_path="web1:1042, web2:1042, web3:1042, web4:1042" -S 127.0.0.1:8080 -t examples/session
 */

/* The session's part is in these three functions, and there is no more to it than with any handler. */

function log_in(string $name): void
{
    session_regenerate_id(true); /* who had the id before logging in has nothing of it */
    $_SESSION = ['name' => $name, 'since' => time(), 'visits' => 0];
}

function log_out(): void
{
    $_SESSION = [];
    session_destroy();
    setcookie(session_name(), '', ['expires' => 1, 'path' => '/']);
}

function count_visit(): void
{
    if (isset($_SESSION['name'])) {
        $_SESSION['visits']++;
    }
}

/*
 * The servers as this machine's workers know them, each with its part in this session: "first", "second"
 * or null.
 */
function servers(string $id): array
{
    $list = ini_get('session.save_path');
    $redundant = new Sharedance(true);
    $redundant->addServers($list);
    $servers = $redundant->getServers();
    $holders = [];
    if (count($servers) > 1) {
        $holders[(string) $redundant->getReplica($id)] = 'second';
    }
    $holders[(string) $redundant->getServer($id)] = 'first';
    foreach ($servers as &$server) {
        $name = (string) new SharedanceServer($server['host'], $server['port']);
        $server += ['name' => trim($name, '[]'), 'copy' => $holders[$name] ?? null];
    }
    return $servers;
}

/* What is known of a server, in a few words. */
function condition(array $server): string
{
    return match ($server['state']) {
        'alive' => 'answers',
        'dead' => sprintf('%s. Tried again in %d s', $server['last_error'] ?? 'gone', max(0, ceil($server['next_try'] - microtime(true)))),
        default => 'not asked so far',
    };
}

/* A name of a sensible length, cut between two characters. */
function short(string $name): string
{
    return preg_match('/^.{1,40}/us', trim($name), $match) ? $match[0] : 'Nobody';
}

/* {{{ the request */

$works = @session_start(['use_strict_mode' => true, 'cookie_httponly' => true, 'cookie_samesite' => 'Lax']);
if (!$works) {
    /* No server that has the session can be asked. It is not gone, and nobody is logged out by that. */
    http_response_code(503);
} elseif ($_SERVER['REQUEST_METHOD'] === 'POST') {
    $name = $_POST['name'] ?? null;
    is_string($name) ? log_in(short($name)) : log_out();
    header('Location: ' . strtok($_SERVER['REQUEST_URI'], '?'), true, 303);
    exit;
} else {
    count_visit();
    $session = $_SESSION + ['name' => null];
    session_write_close(); /* before anything is sent: the next request of this session need not wait for that */
    $servers = servers(ini_get('sharedance.session.prefix') . session_id());
}

/* }}} */

function e(string|int $text): string
{
    return htmlspecialchars((string) $text);
}

?>
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A session on two servers</title>
<link rel="stylesheet" href="style.css">
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Ccircle cx='8' cy='8' r='6' fill='%232f7d5b'/%3E%3C/svg%3E">
<main>
<?php if (!$works): ?>
    <h1>Back in a moment</h1>
    <p class="lead">The servers that hold your session cannot be asked just now. It is not lost, and you are not logged out.</p>
<?php elseif ($session['name'] === null): ?>
    <h1>Who are you?</h1>
    <p class="lead">Any name will do. It is kept in a session, on two of these servers.</p>
    <form method="post" class="log-in">
        <input name="name" maxlength="40" required autofocus autocomplete="off" aria-label="Name" placeholder="Your name">
        <button>Log in</button>
    </form>
<?php else: ?>
    <form method="post" class="log-out"><button>Log out</button></form>
    <h1>Hello, <span id="name"><?= e($session['name']) ?></span></h1>
    <p class="lead">This is visit <b id="visits"><?= e($session['visits']) ?></b>
        since you logged in at <?= date('H:i:s', $session['since']) ?>.</p>
<?php endif ?>
<?php if ($works): ?>
    <ul class="servers">
<?php foreach ($servers as $server): ?>
        <li class="<?= e($server['state']) ?>" data-server="<?= e($server['name']) ?>" data-copy="<?= e($server['copy'] ?? '') ?>">
            <b><?= e($server['name']) ?></b>
<?php if ($server['copy'] !== null && $session['name'] !== null): ?>
            <em><?= e($server['copy']) ?> copy</em>
<?php endif ?>
            <small><?= e(condition($server)) ?></small>
        </li>
<?php endforeach ?>
    </ul>
<?php endif ?>
    <footer><code>session.save_handler = <?= e(ini_get('session.save_handler')) ?></code></footer>
</main>
