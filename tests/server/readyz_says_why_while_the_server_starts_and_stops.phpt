--TEST--
/readyz is 503 with a reason while the server starts or stops, and /healthz 200 for as long as it serves
--SKIPIF--
<?php
require_once __DIR__ . '/http.inc';
skip_unless_sharedanced();
skip_unless_http_on_paths();
?>
--FILE--
<?php
require __DIR__ . '/http.inc';

function show(string $to, string $path): string
{
    [$status, , $body] = http($to, $path);
    return "$path: $status $body";
}

/* a disk that lets the start wait, and the end */
start_on_own_disk(has_image: false);
$path = scratch() . '/http';
disk_fails('wait 0');
$process = new Process([TestServer::program(), '--directory=' . scratch() . '/data', '--port=0', "--http=unix:$path",
    ...(is_root() ? ['--uid=root'] : [])]);
$process->expect('/HTTP is answered on (unix:.*)/');
wait_until(fn () => !is_refused("unix://$path"), 'somebody who answers');
foreach (['/readyz', '/healthz', '/metrics', '/'] as $each) {
    echo show("unix://$path", $each);
}
fact('it is not ready', !str_contains($process->log(), '] ready'));
disk_fails('');
$port = $process->expect('/listening on \S+:(\d+)$/m');
$process->expect('/\] ready$/m');
wait_until(fn () => http("unix://$path", '/readyz')[0] === 200, 'it to be ready');
foreach (['/readyz', '/healthz'] as $each) {
    echo show("unix://$path", $each);
}

/* a client that does not read its answer keeps it */
$value = value_of('large', 8000000);
request("tcp://127.0.0.1:$port", store('large', $value));
$slow = dial("tcp://127.0.0.1:$port");
say($slow, fetch('large'));
$answer = hear($slow, 1000);
$process->signal(SIGTERM);
$process->expect('/\] stopping/m');
foreach (['/readyz', '/healthz'] as $each) {
    echo show("unix://$path", $each);
}
disk_fails('wait 0');
$answer .= hear($slow);
fact('the answer is whole', $answer === $value);
wait_until(fn () => str_starts_with(http("unix://$path", '/readyz')[2], 'stopping: the store'), 'the store to be closed');
echo show("unix://$path", '/healthz');
fact('it waits for the disk', $process->running());
disk_fails('');
echo 'status ', $process->wait(), "\n";
fact('its path is removed', !file_exists($path));
?>
--EXPECT--
/readyz: 503 starting: the store is being opened
/healthz: 503 starting: the store is being opened
/metrics: 503 starting: the store is being opened
/: 503 starting: the store is being opened
it is not ready: yes
/readyz: 200 ready
/healthz: 200 the server serves
/readyz: 503 stopping: only clients that are connected are served
/healthz: 200 the server serves
the answer is whole: yes
/healthz: 503 stopping: the store is being closed
it waits for the disk: yes
status 0
its path is removed: yes
