<?php
/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * One file for a site's admin area: which servers there are, how they are, and what the workers of this machine have
 * counted. It changes nothing, and shows nothing until one of these is done:
 *
 * - PASSWORD_HASH below gets a hash, as `php -r 'echo password_hash("a long password", PASSWORD_DEFAULT), "\n";'` prints
 *   it. Then the page asks for that password, with any name. Serve it by HTTPS only.
 * - A page that has checked who the user is includes this file.
 *
 * The servers are those of SERVERS below, a list such as 'web1:1042, web2:1042'; else those of session.save_path, if it is
 * sharedance's. A page that includes this file may set $sharedance instead, to its own Sharedance object.
 */

namespace Sharedance\Admin;

const PASSWORD_HASH = '';
const SERVERS = '';

/* {{{ who may look */

/** Ends the request with a few words, unless the user may look. */
function check_user(bool $is_included): void
{
    if ($is_included) {
        return;
    }
    if (PASSWORD_HASH === '' || password_get_info(PASSWORD_HASH)['algo'] === null) {
        end_with(403, 'This page shows nothing: PASSWORD_HASH is not set in it, and no page that has checked the user includes it.');
    }
    $password = $_SERVER['PHP_AUTH_PW'] ?? null;
    if (!is_string($password) || !password_verify($password, PASSWORD_HASH)) {
        header('WWW-Authenticate: Basic realm="Sharedance", charset="UTF-8"');
        end_with(401, 'The password is needed.');
    }
}

function end_with(int $status, string $text): never
{
    http_response_code($status);
    header('Content-Type: text/plain; charset=utf-8');
    header('Cache-Control: no-store');
    exit("$text\n");
}

/* }}} */

/* {{{ what is shown */

/** The servers, or why there are none. */
function pool(): \Sharedance|string
{
    if (!extension_loaded('sharedance')) {
        return 'The extension sharedance is not loaded.';
    }
    $list = SERVERS;
    if ($list === '' && ini_get('session.save_handler') === 'sharedance') {
        $list = (string) ini_get('session.save_path');
    }
    if ($list === '') {
        return 'No servers are set: neither SERVERS in this file nor session.save_path has any.';
    }
    try {
        $pool = new \Sharedance();
        $pool->addServers($list);
        return $pool;
    } catch (\ValueError | \SharedanceException) {
        return 'The list of servers is wrong.'; /* which part of it may be a password */
    }
}

function html(mixed $text): string
{
    return htmlspecialchars((string) $text, ENT_QUOTES | ENT_SUBSTITUTE, 'UTF-8');
}

/** A number with three digits and a unit that is $step times the one before. */
function scaled(float $number, int $step, array $units): string
{
    for ($unit = 0; $number >= 999.5 && $unit < count($units) - 1; $unit++) {
        $number /= $step;
    }
    $decimals = $number >= 99.5 || $unit === 0 && $number === floor($number) ? 0 : ($number >= 9.95 ? 1 : 2);
    return number_format($number, $decimals, '.', '') . ($units[$unit] === '' ? '' : "\u{202f}$units[$unit]");
}

function count_of(float $number): string
{
    return scaled($number, 1000, ['', 'k', 'M', 'G', 'T']);
}

function bytes(float $number): string
{
    return scaled($number, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB']);
}

function microseconds(?float $number): string
{
    return $number === null ? '–' : scaled($number, 1000, ['µs', 'ms', 's']);
}

/** How long ago, or how long until then. */
function ago(?float $time): string
{
    $seconds = (int) abs(microtime(true) - ($time ?? 0));
    return $time === null ? '–' : match (true) {
        $seconds >= 172800 => intdiv($seconds, 86400) . "\u{202f}d",
        $seconds >= 7200 => intdiv($seconds, 3600) . "\u{202f}h",
        $seconds >= 120 => intdiv($seconds, 60) . "\u{202f}min",
        default => "$seconds\u{202f}s",
    };
}

/**
 * The time that such a part of the round trips did not exceed.
 *
 * @param array<int, int> $latency how many took at most so many microseconds
 */
function quantile(array $latency, float $part): ?float
{
    $left = $part * array_sum($latency);
    foreach ($latency as $us => $count) {
        $left -= $count;
        if ($count > 0 && $left <= 0) {
            return $us === PHP_INT_MAX ? array_keys($latency)[count($latency) - 2] : $us;
        }
    }
    return null;
}

/** @param list<string> $heads @param list<list<string>> $rows of HTML, the first of each is its head */
function table(string $caption, array $heads, array $rows): void
{
    /* the roles are said, for a table that is laid out as blocks, on a phone, is none to some browsers */
    echo '<div class="card"><table role="table"><caption>', html($caption), '</caption><thead role="rowgroup"><tr role="row">';
    foreach ($heads as $head) {
        echo '<th scope="col" role="columnheader">', html($head), '</th>';
    }
    echo "</tr></thead><tbody role=\"rowgroup\">\n";
    foreach ($rows as $row) {
        echo '<tr role="row"><th scope="row" role="rowheader">', array_shift($row), '</th>';
        foreach ($row as $i => $cell) {
            echo '<td role="cell" data-head="', html($heads[$i + 1]), '">', $cell, '</td>';
        }
        echo "</tr>\n";
    }
    echo "</tbody></table></div>\n";
}

function state(array $server): string
{
    $class = ['alive' => '', 'dead' => ' bad'][$server['state']] ?? ' warn';
    return "<span class=\"state$class\">" . html($server['state']) . '</span>';
}

function show_servers(\Sharedance $pool): void
{
    $pings = $pool->ping();
    $rows = [];
    foreach (array_map(null, array_keys($pings), $pool->getServers()) as [$address, $server]) {
        $rows[] = [html($address), state($server),
            $pings[$address] === null ? '–' : microseconds(1e6 * $pings[$address]),
            ago($server['since']), $server['next_try'] === null ? '–' : 'in ' . ago($server['next_try']),
            html($server['protocol'] ?? '–'), html($server['version'] ?? '–'), html($server['weight']),
            $server['unproven'] === null ? '–' : count_of($server['unproven']),
            count_of($server['failures']), '<span class="reason">' . html($server['last_error'] ?? '–') . '</span>'];
    }
    table('Servers', ['Server', 'State', 'Round trip', 'Since', 'Next try', 'Protocol', 'Version', 'Weight', 'Unproven',
        'Failures', 'The last failure'], $rows);
}

function show_statistics(\Sharedance $pool): void
{
    $rows = [];
    foreach ($pool->getStats() as $address => $of) {
        $rows[] = [html($address), count_of($of['operations']), count_of($of['misses']), count_of($of['failures']),
            count_of($of['failovers']), count_of($of['repairs']), count_of($of['timeouts']), count_of($of['skipped']),
            bytes($of['bytes_sent']), bytes($of['bytes_received']),
            microseconds(quantile($of['latency'], 0.5)), microseconds(quantile($of['latency'], 0.99))];
    }
    table('Requests of all workers of this user', ['Server', 'Requests', 'Misses', 'Failures', 'Failovers', 'Repairs',
        'Timeouts', 'Skipped', 'Sent', 'Received', 'Median', '99 of 100'], $rows);
}

function show_settings(): void
{
    $rows = [];
    foreach (ini_get_all('sharedance', false) as $name => $value) {
        $rows[] = [html($name), html($value === '' ? '–' : $value)];
    }
    table('Settings', ['Setting', 'Value'], $rows);
}

const STYLE = <<<'CSS'
:root{color-scheme:light dark;--ground:#f3f5f8;--card:#fff;--ink:#17202b;--soft:#55616f;--edge:#dfe4ea;
--good:#0f6b38;--good-bg:#dcf3e4;--warn:#7a4a00;--warn-bg:#fdeccb;--bad:#a11616;--bad-bg:#fbdcdc}
@media(prefers-color-scheme:dark){:root{--ground:#0e1319;--card:#171e27;--ink:#e7ecf2;--soft:#9caab9;--edge:#2a3441;
--good:#7fdca4;--good-bg:#12351f;--warn:#f6c667;--warn-bg:#3a2a08;--bad:#ff9d9d;--bad-bg:#431717}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,
"Noto Sans","Liberation Sans",sans-serif;font-variant-numeric:tabular-nums}
main,header{max-width:1180px;margin:0 auto;padding:0 16px}
header{padding-top:24px}
h1{font-size:1.5rem;margin:0}
header p{margin:4px 0 0;color:var(--soft)}
.card{background:var(--card);border:1px solid var(--edge);border-radius:12px;padding:14px 16px;margin:16px 0}
table{width:100%;border-collapse:collapse;font-size:.92rem}
caption{text-align:left;font-weight:600;font-size:1.02rem;padding-bottom:6px}
th,td{padding:7px 0 7px 10px;text-align:right;border-top:1px solid var(--edge);font-weight:400;vertical-align:top}
th:first-child{text-align:left;padding-left:0;overflow-wrap:anywhere}
thead th{border-top:0;color:var(--soft);font-size:.85rem}
.state{font-weight:600;padding:1px 10px;border-radius:99px;background:var(--good-bg);color:var(--good)}
.state.warn{background:var(--warn-bg);color:var(--warn)}
.state.bad{background:var(--bad-bg);color:var(--bad)}
.reason{overflow-wrap:anywhere}
@media(max-width:900px){thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
table,caption,tbody,tr,td,tbody th{display:block}tbody th{font-weight:600}tr+tr{margin-top:14px}
td{display:flex;justify-content:space-between;gap:12px;padding:4px 0;border:0}
td::before{content:attr(data-head);color:var(--soft);text-align:left;flex-shrink:0}}
CSS;

function show(\Sharedance|string $pool): void
{
    if (!headers_sent()) {
        header('Content-Type: text/html; charset=utf-8');
        header('Cache-Control: no-store');
        header('X-Content-Type-Options: nosniff');
        header('Referrer-Policy: no-referrer');
        header("Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
    }
    echo '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">',
        '<title>Sharedance on ', html(gethostname()), '</title><style>', STYLE, "</style></head>\n<body><header><h1>Sharedance on ",
        html(gethostname()), '</h1><p>Version ', html(phpversion('sharedance') ?: '–'), ', PHP ', PHP_VERSION, ', ',
        html(date('Y-m-d H:i:s T')), "</p></header>\n<main>\n";
    if (is_string($pool)) {
        echo '<p class="card">', html($pool), "</p>\n";
    } else {
        show_servers($pool);
        show_statistics($pool);
        show_settings();
    }
    echo "</main></body></html>\n";
}

/* }}} */

/* a file that is included has somebody who does that */
check_user(debug_backtrace(DEBUG_BACKTRACE_IGNORE_ARGS, 1) !== []);
show(isset($sharedance) && $sharedance instanceof \Sharedance ? $sharedance : pool());
