--TEST--
what the classic protocol cannot do says so
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/../helper.inc';

function try_all(Sharedance $cache): void
{
    $cache->set('k', '5');
    report(fn () => $cache->set('k', '5', 60));
    report(fn () => $cache->setMulti(['k' => '5'], 60));
    report(fn () => $cache->has('k'));
    report(fn () => $cache->touch('k', 60));
    report(fn () => $cache->add('k', '6'));
    report(fn () => $cache->replace('k', '6'));
    report(fn () => $cache->increment('k'));
    report(fn () => $cache->decrement('k'));
    report(fn () => $cache->getWithVersion('k'));
    report(fn () => $cache->cas('k', '6', 1));
    echo 'and did nothing: ';
    var_dump($cache->get('k'));
}

echo "one server\n";
try_all(pool([classic(new TestServer())]));
echo "two classic servers\n";
try_all(pool([classic(new TestServer()), classic(new TestServer())], true));
echo "one of two\n";
$classic = classic(new TestServer());
try_all(pool([new TestServer(), $classic], true));
?>
--EXPECT--
one server
SharedanceUnsupportedException: Failed to write data to [127.0.0.1:PORT] "a time to live of 60 s was asked for, the classic protocol has none"
SharedanceUnsupportedException: Failed to write data to [127.0.0.1:PORT] "a time to live of 60 s was asked for, the classic protocol has none"
SharedanceUnsupportedException: Failed to send command to [127.0.0.1:PORT] "the classic protocol has no way to look at an entry without fetching it"
SharedanceUnsupportedException: Failed to send command to [127.0.0.1:PORT] "the classic protocol has no way to look at an entry without fetching it"
SharedanceUnsupportedException: Failed to write data to [127.0.0.1:PORT] "the classic protocol has no conditional writes"
SharedanceUnsupportedException: Failed to write data to [127.0.0.1:PORT] "the classic protocol has no conditional writes"
SharedanceUnsupportedException: Failed to send command to [127.0.0.1:PORT] "the classic protocol has no arithmetic"
SharedanceUnsupportedException: Failed to send command to [127.0.0.1:PORT] "the classic protocol has no arithmetic"
SharedanceUnsupportedException: Failed to get a version: the classic protocol has none
SharedanceUnsupportedException: Failed to write data to [127.0.0.1:PORT] "the classic protocol has no conditional writes"
and did nothing: string(1) "5"
two classic servers
SharedanceUnsupportedException: Failed to write data to [127.0.0.1:PORT] "a time to live of 60 s was asked for, the classic protocol has none"; Failed to write data to [127.0.0.1:PORT] "a time to live of 60 s was asked for, the classic protocol has none"
SharedanceUnsupportedException: Failed to write data to [127.0.0.1:PORT] "a time to live of 60 s was asked for, the classic protocol has none"; Failed to write data to [127.0.0.1:PORT] "a time to live of 60 s was asked for, the classic protocol has none"
SharedanceUnsupportedException: Failed to send command to [127.0.0.1:PORT] "the classic protocol has no way to look at an entry without fetching it"; Failed to send command to [127.0.0.1:PORT] "the classic protocol has no way to look at an entry without fetching it"
SharedanceUnsupportedException: Failed to send command to [127.0.0.1:PORT] "the classic protocol has no way to look at an entry without fetching it"; Failed to send command to [127.0.0.1:PORT] "the classic protocol has no way to look at an entry without fetching it"
SharedanceUnsupportedException: Failed to send command to [127.0.0.1:PORT] "the classic protocol has no way to look at an entry without fetching it"; Failed to send command to [127.0.0.1:PORT] "the classic protocol has no way to look at an entry without fetching it"
SharedanceUnsupportedException: Failed to send command to [127.0.0.1:PORT] "the classic protocol has no way to look at an entry without fetching it"; Failed to send command to [127.0.0.1:PORT] "the classic protocol has no way to look at an entry without fetching it"
SharedanceUnsupportedException: Failed to send command to [127.0.0.1:PORT] "the classic protocol has no way to look at an entry without fetching it"; Failed to send command to [127.0.0.1:PORT] "the classic protocol has no way to look at an entry without fetching it"
SharedanceUnsupportedException: Failed to send command to [127.0.0.1:PORT] "the classic protocol has no way to look at an entry without fetching it"; Failed to send command to [127.0.0.1:PORT] "the classic protocol has no way to look at an entry without fetching it"
SharedanceUnsupportedException: Failed to get a version: the classic protocol has none
SharedanceUnsupportedException: Failed to send command to [127.0.0.1:PORT] "the classic protocol has no way to look at an entry without fetching it"; Failed to send command to [127.0.0.1:PORT] "the classic protocol has no way to look at an entry without fetching it"
and did nothing: string(1) "5"
one of two
SharedanceUnsupportedException: Failed to write data to [127.0.0.1:PORT] "a time to live of 60 s was asked for, the classic protocol has none"
SharedanceUnsupportedException: Failed to write data to [127.0.0.1:PORT] "a time to live of 60 s was asked for, the classic protocol has none"
returned bool(true)
SharedanceUnsupportedException: Failed to send command to [127.0.0.1:PORT] "the classic protocol has no way to look at an entry without fetching it"
SharedanceUnsupportedException: a conditional write needs servers with versions, and one of the key's has none
SharedanceUnsupportedException: a conditional write needs servers with versions, and one of the key's has none
SharedanceUnsupportedException: a conditional write needs servers with versions, and one of the key's has none
SharedanceUnsupportedException: a conditional write needs servers with versions, and one of the key's has none
SharedanceUnsupportedException: Failed to get a version: the classic protocol has none
SharedanceUnsupportedException: a conditional write needs servers with versions, and one of the key's has none
and did nothing: string(1) "5"
