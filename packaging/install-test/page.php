<?php
/*
 * The page of the installation test: it counts the visits of a session. One that cannot be begun is status
 * 503, as on any page that has to know who its visitor is.
 */
if (!session_start()) {
    http_response_code(503);
    exit("no session\n");
}
$_SESSION['visits'] = ($_SESSION['visits'] ?? 0) + 1;
echo $_SESSION['visits'], "\n";
