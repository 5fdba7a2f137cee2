--TEST--
a key stored by one protocol is read by the other
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer();
$socket = open_meta($server);
echo request($server, store('classic', "from\0classic")), json_encode(meta($socket, "mg classic v\r\n", 2)), "\n";
echo meta($socket, "ms meta 9\r\nfrom meta\r\n"), request($server, fetch('meta')), "\n";
echo request($server, delete('meta')), meta($socket, "mg meta v\r\n");
echo meta($socket, "md classic\r\n"), json_encode(request($server, fetch('classic'))), "\n";

/* any bytes, by base64; and a key that the classic protocol would not take */
$key = base64_encode("a b\0.\r\n");
echo meta($socket, "ms $key 1 b\r\nx\r\n"), meta($socket, "mg $key b v k\r\n", 2);
$longest = base64_encode(str_repeat("\xff", 254));
echo meta($socket, "ms $longest 1 b\r\ny\r\n"), meta($socket, "mg $longest b v\r\n", 2);
echo meta($socket, 'mg ' . base64_encode(str_repeat("\xff", 255)) . " b v\r\n");

/* a life without T is the server's own, as with the classic protocol; T0 is for ever */
echo meta($socket, "ms own 1\r\nx\r\nmg own t\r\n", 2), meta($socket, "ms ever 1 T0\r\nx\r\nmg ever t\r\n", 2);
?>
--EXPECT--
OK
"VA 12\r\nfrom\u0000classic\r\n"
HD
from meta
OK
EN
HD
""
HD
VA 1 kYSBiAC4NCg== b
x
HD
VA 1
y
CLIENT_ERROR error decoding key
HD
HD t1800
HD
HD t-1
