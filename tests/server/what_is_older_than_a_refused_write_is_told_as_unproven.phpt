--TEST--
what is older than a write that was refused is told as unproven, until a client has compared
--SKIPIF--
<?php
require __DIR__ . '/server.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

start_on_own_clock();
$server = new TestServer(['--maxsize=1M', '--maxreadsize=20000', '--expiration=1']);
$socket = open_meta($server);
$put = fn (string $key, int $length, string $flags) =>
    trim(preg_replace('/ERROR .*/', 'ERROR', meta($socket, "ms $key $length $flags\r\n" . str_repeat('v', $length) . "\r\n")));

/* by then the absence of an entry is proven */
time_passes(600);
foreach (['entry', 'other', 'bystander', 'joined'] as $key) {
    $put($key, 10, 'T500 E100');
}
meta($socket, "md deleted E100 T500\r\n");
for ($i = 0; $put("filler$i", 10000, 'T500') === 'HD'; $i++);
for ($i = 0; $put("small$i", 100, 'T500') === 'HD'; $i++);

$show = function (string $key, string $flags = '') use ($socket) {
    echo "$key: ", meta($socket, "mg $key c G$flags\r\n");
};
$show('entry');
$show('absent');
foreach (['entry', 'deleted', 'absent'] as $key) {
    echo "$key: ", $put($key, 9000, 'T500 E200 G'), "\n";
    $show($key);
}
echo 'base64: ', $put(base64_encode('other'), 9000, 'b T500 E200 G'), "\n";
$show('other');
$show('bystander');
echo 'an older one: ', $put('bystander', 9000, 'E50'), "\n";
$show('bystander');
echo 'without G: ', meta($socket, "mg entry c\r\n");

echo "the same version, not longer than before, is taken\n";
$show('entry', ' U100');
echo $put('entry', 10, 'T500 E200 G'), "\n";
$show('entry');

echo "a client that compares\n";
$show('other', ' U100');
time_passes(SETTLING);
$show('other', ' U99');
$show('other', ' U100');
$show('other');

echo "too long\n";
echo 'joined: ', $put('joined', 19950, 'MA E300'), "\n";
$show('joined');
echo 'bystander: ', $put('bystander', 30000, 'E300'), "\n";
$socket = open_meta($server);
echo 'bystander: ', meta($socket, "mg bystander c G\r\n");
?>
--EXPECT--
entry: HD c100
absent: EN
entry: SERVER_ERROR
entry: HD c100 U
deleted: SERVER_ERROR
deleted: EN c100 U
absent: SERVER_ERROR
absent: EN U
base64: SERVER_ERROR
other: HD c100 U
bystander: HD c100
an older one: SERVER_ERROR
bystander: HD c100
without G: HD c100
the same version, not longer than before, is taken
entry: HD c100 U
HD
entry: HD c200
a client that compares
other: HD c100 U
other: HD c100 U
other: HD c100
other: HD c100
too long
joined: SERVER_ERROR
joined: HD c100 U
bystander: SERVER_ERROR
bystander: HD c100 U
