--TEST--
an entry stored again lives on, whatever the sweep had planned for it
--FILE--
<?php
require __DIR__ . '/server.inc';

/* Stored again and again for two and a half lives, in which the sweep comes twice at least. An
 * entry may be missing only where this machine took a whole life between store and fetch. */

$server = new TestServer(['--expiration=1']);
$begin = microtime(true);
$missing = $rounds = 0;

wait_until(function () use ($server, $begin, &$missing, &$rounds) {
    $rounds++;
    /* now short, now long: long ones are kept apart from their keys */
    foreach (['short' => 10, 'long' => 5000, 'both' => $rounds % 2 ? 10 : 5000] as $key => $length) {
        $before = microtime(true);
        request($server, store($key, value_of("$key $rounds", $length)));
        $answer = request($server, fetch($key));
        if ($answer !== value_of("$key $rounds", $length) && microtime(true) < $before + 0.99) {
            $missing++;
        }
    }
    return microtime(true) > $begin + 2.5;
}, 'two lives and a half');

fact('stored often', $rounds > 2);
fact('found each time', $missing === 0);

wait_until(fn () => request($server, fetch('short')) === '' && request($server, fetch('long')) === ''
    && request($server, fetch('both')) === '', 'the end of the entries');
fact('gone in the end', true);
fact('nothing failed', lines($server, '/ERROR|WARNING/') === 0);
?>
--EXPECT--
stored often: yes
found each time: yes
gone in the end: yes
nothing failed: yes
