--TEST--
a full disk refuses, loses nothing that was acknowledged, and does not end the server
--SKIPIF--
<?php
require __DIR__ . '/server.inc';
skip_unless_sharedanced();
skip_unless_mount_namespace();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$disk = scratch() . '/disk';
mkdir($disk);
/* the disk is in a namespace of the server's own, and gone with it */
start_by('exec unshare -m sh -c \'mount -t tmpfs -o size=2m,mode=0700 none "$0" && exec "$@"\' ' . escapeshellarg($disk) . ' "$@"');

foreach (['interval', 'always'] as $sync) {
    $server = new TestServer(["--sync=$sync"], $disk);
    $entries = [];

    $put = function (string $key, int $length) use ($server, &$entries): string {
        $answer = request($server, store($key, value_of("$key $length", $length)));
        if ($answer === "OK\n") {
            $entries[$key] = $length;
        }
        return $answer;
    };
    $lost = function () use ($server, &$entries): array {
        return array_filter(
            array_keys($entries),
            fn ($key) => request($server, fetch($key)) !== value_of("$key $entries[$key]", $entries[$key])
        );
    };

    for ($i = 0, $answer = "OK\n"; $i < 100 && $answer === "OK\n"; $i++) {
        $answer = $put("key-$i", 50000);
    }
    fact('some were stored', count($entries) > 5);
    fact('then one is refused', $answer === '');
    fact('all is there that was acknowledged', $lost() === []);

    /* whatever is answered now is an answer, and true */
    $clean = true;
    for ($i = 0; $i < 50; $i++) {
        $clean = $clean && in_array($put("small-$i", 100), ['', "OK\n"], true);
    }
    foreach (array_keys($entries) as $i => $key) {
        if ($i % 2) {
            $answer = request($server, delete($key));
            $clean = $clean && in_array($answer, ['', "OK\n"], true);
            if ($answer === "OK\n") {
                unset($entries[$key]);
                $clean = $clean && request($server, fetch($key)) === '';
            }
        }
        $clean = $clean && in_array($put($key, 40000), ['', "OK\n"], true);
    }
    fact('small stores and deletes are done or refused', $clean);
    fact('all is there that was acknowledged', $lost() === []);
    fact('the server lives', $server->process->running());
    fact('and ends with 0', $server->stop() === 0);
}
?>
--EXPECT--
some were stored: yes
then one is refused: yes
all is there that was acknowledged: yes
small stores and deletes are done or refused: yes
all is there that was acknowledged: yes
the server lives: yes
and ends with 0: yes
some were stored: yes
then one is refused: yes
all is there that was acknowledged: yes
small stores and deletes are done or refused: yes
all is there that was acknowledged: yes
the server lives: yes
and ends with 0: yes
