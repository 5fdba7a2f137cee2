--TEST--
H writes only for whoever holds the lock
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer(['--maxsize=1M']);
$ours = open_meta($server);
$theirs = open_meta($server);

echo "nobody holds it\n", meta($ours, "ms k 1 H c O1\r\na\r\nmd k H O2\r\nmg k v\r\n", 3);
echo "we do\n", meta($ours, "ml k\r\nms k 1 H O3 k\r\nb\r\n", 2);
echo "and not they\n", meta($theirs, "ms k 1 H O4\r\nc\r\nmd k H\r\nms k 1 E1 G H\r\nc\r\n", 3);
echo "but for what they do without H\n", meta($theirs, "ms k 1\r\nd\r\n");
echo "with the other conditions\n", meta($ours, "ms k 1 H ME\r\ne\r\nms k 1 H G E1 O5\r\ne\r\nmd k H C1\r\n", 3);
echo "behind the write it is given back\n", meta($ours, "ms k 1 H\r\nf\r\nmu k\r\nms k 1 H\r\ng\r\nmg k v\r\n", 5);
$later = (time() + 3600) * 1000000;
echo "deleted, with a tombstone\n", meta($ours, "ml k\r\nmd k H E$later G T60\r\nmu k\r\nmd k H\r\nmg k c G\r\n", 5) === "HD\r\nHD\r\nHD\r\nNS\r\nEN c$later\r\n" ? "as it should be\n" : "NO\n";
echo "a lease that ended\n", meta($ours, "ml k T1\r\n");
echo meta($theirs, "ml k W60000\r\n"), meta($ours, "ms k 1 H\r\nh\r\n");
echo "a lock of another name\n", meta($ours, "ml other\r\nms k 1 H\r\ni\r\n", 2);
echo "a key in base64 is the same key\n", meta($ours, "ml ab\r\nms YWI= 1 b H\r\nj\r\n", 2);
echo "other commands have no H\n", meta($ours, "mg k H\r\nma k H\r\n", 2);

/* where the batch is lost the requests are carried out once more, and the lock is held again */
$big = str_repeat('x', 700 << 10);
echo "in a batch that is lost\n", meta($ours, "ml k2\r\n");
$length = strlen($big);
echo meta($ours, "ms k2 1 H\r\nk\r\nmu k2\r\nms big $length\r\n$big\r\nms bigger $length\r\n$big\r\nms worse $length\r\n$big\r\n", 5);
?>
--EXPECTF--
nobody holds it
NS O1
NS O2
EN
we do
HD
HD O3 kk
and not they
NS O4
NS
NS
but for what they do without H
HD
with the other conditions
NS
EX c%d O5
EX
behind the write it is given back
HD
HD
NS
VA 1
f
deleted, with a tombstone
as it should be
a lease that ended
HD
HD
NS
a lock of another name
HD
NS
a key in base64 is the same key
HD
HD
other commands have no H
CLIENT_ERROR invalid flag
CLIENT_ERROR invalid or duplicate flag
in a batch that is lost
HD
HD
HD
HD
SERVER_ERROR the store is full: the data would exceed --maxsize, 1048576 bytes
SERVER_ERROR the store is full: the data would exceed --maxsize, 1048576 bytes
