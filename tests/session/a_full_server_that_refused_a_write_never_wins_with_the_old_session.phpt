--TEST--
a full server that refused a write never wins with the old session when the other one is gone
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require __DIR__ . '/session.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/session.inc';

/* Stores what fits, longer entries first, until nothing does. */
function fill(TestServer $server): void
{
    $cache = pool([$server]);
    foreach ([15000, 100] as $length) {
        try {
            for ($i = 0; true; $i++) {
                $cache->set("filler-$length-$i", str_repeat('x', $length));
            }
        } catch (SharedanceException) {
        }
    }
}

foreach ([0, 1] as $which) {
    $servers = [new TestServer(['--maxsize=2M']), new TestServer()];
    use_servers($servers);
    visit('id', fn () => $_SESSION['balance'] = 100);
    fill($servers[0]);
    visit('id', function () {
        $_SESSION['balance'] = 0;
        $_SESSION['log'] = str_repeat('y', 9000);
    });
    echo 'both are there: ', visit('id')['balance'], "\n";
    if ($which === 0) {
        $servers[1]->kill();
        session_id('id');
        echo 'the other one is gone: ', @session_start() || isset($_SESSION['balance']) ? 'STARTED' : 'it fails', "\n";
        $servers[1]->start();
        echo 'it is back: ', visit('id')['balance'], "\n";
    } else {
        $servers[0]->kill();
        echo 'the full one is gone: ', visit('id')['balance'], "\n";
    }
}
?>
--EXPECT--
both are there: 0
the other one is gone: it fails
it is back: 0
both are there: 0
the full one is gone: 0
