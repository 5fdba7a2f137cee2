<?php
/* The page that the web part asks for: a counter in a session of 1 KB, or, for the query "none", no session. */

if ($_SERVER['QUERY_STRING'] !== 'none') {
    session_start();
    $_SESSION['data'] ??= str_repeat('x', 1024);
    $_SESSION['n'] = ($_SESSION['n'] ?? 0) + 1;
}
echo $_SESSION['n'] ?? 'none', "\n";
