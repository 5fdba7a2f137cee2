<?php
/*
 * Visitors of page.php, who come again and again, one after the other:
 *
 *   php visitors.php URL NAME NUMBER FOLDER
 *
 * Each has a session of his own, and knows which visit it is. After each round its number is written to
 * FOLDER/NAME.rounds. When there is a FOLDER/stop, one more round is made, and one line says how many
 * requests there were, how many failed, and how many sessions had another number of visits than their
 * visitor. If any did, the exit status is 1. Nobody stays longer than ten minutes.
 */
[, $url, $name, $number, $folder] = $argv;
$ids = [];
$visits = [];
$requests = $failed = $wrong = 0;
$seen = [];
for ($i = 0; $i < $number; $i++) {
    $ids[$i] = sprintf('%sx%04dx%s', $name, $i, bin2hex(random_bytes(8)));
    $visits[$i] = 0;
}
$end = hrtime(true) + 600e9;
for ($round = 1, $last = false; !$last && hrtime(true) < $end; $round++) {
    $last = file_exists("$folder/stop");
    foreach ($ids as $i => $id) {
        $context = stream_context_create(['http' => [
            'header' => "Cookie: PHPSESSID=$id", 'ignore_errors' => true, 'timeout' => 30]]);
        $stream = @fopen($url, 'r', false, $context);
        $answer = $stream ? stream_get_contents($stream) : '';
        $requests++;
        $status = $stream ? stream_get_meta_data($stream)['wrapper_data'][0] : 'no answer';
        if (!str_contains($status, ' 200 ')) {
            $failed++;
            $seen[$status] = ($seen[$status] ?? 0) + 1;
            continue;
        }
        $visits[$i]++;
        if ((int) $answer !== $visits[$i]) {
            $wrong++;
            $visits[$i] = (int) $answer;
        }
        usleep(2000);
    }
    file_put_contents("$folder/$name.new", $round);
    rename("$folder/$name.new", "$folder/$name.rounds");
}
printf("%d requests of %d visitors in %d rounds, %d failed, %d wrong\n", $requests, $number, $round - 1, $failed, $wrong);
foreach ($seen as $status => $times) {
    echo "  $times times: $status\n";
}
exit($failed + $wrong > 0 || !$last ? 1 : 0);
