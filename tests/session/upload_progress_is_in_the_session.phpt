--TEST--
upload progress is in the session
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/web.inc';

$server = new TestServer();
$web = new Web([$server], '
    session_start();
    $progress = $_SESSION["upload_progress_up"] ?? null;
    $_SESSION["n"] = ($_SESSION["n"] ?? 0) + 1;
    echo $_SESSION["n"], " ", $_FILES["file"]["size"] ?? "no file", " ", $progress === null ? "no progress"
        : $progress["bytes_processed"] . " of " . $progress["content_length"] . ($progress["done"] ? " done" : "");
', ['session.upload_progress.enabled' => '1', 'session.upload_progress.cleanup' => '0', 'session.upload_progress.min_freq' => '0', 'session.upload_progress.freq' => '0', 'upload_max_filesize' => '8M', 'post_max_size' => '8M']);

echo $web->get('/'), "\n";
$id = $web->cookie();
$boundary = 'limit';
$post = "--$boundary\r\nContent-Disposition: form-data; name=\"PHP_SESSION_UPLOAD_PROGRESS\"\r\n\r\nup\r\n"
    . "--$boundary\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\nContent-Type: text/plain\r\n\r\n"
    . str_repeat('x', 300000) . "\r\n--$boundary--\r\n";
echo preg_replace('/\d{6}/', 'N', $web->get('/', $id, $post, "multipart/form-data; boundary=$boundary")), "\n";
echo preg_replace('/\d{6}/', 'N', $web->get('/', $id)), "\n";
var_dump(is_free($server, $id));
?>
--EXPECT--
1 no file no progress
2 N N of N done
3 no file N of N done
bool(true)
