--TEST--
a write that is not newer is told the version of what is there, and every answer has its opaque token
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
meta($socket, "ms entry 5 E100\r\nvalue\r\nmd deleted E200\r\nms number 1\r\n1\r\n", 3);

foreach (['entry' => 100, 'deleted' => 200] as $key => $version) {
    foreach ([$version - 1, $version] as $older) {
        echo meta($socket, "ms $key 3 G E$older\r\nnew\r\n"), meta($socket, "md $key G E$older\r\n");
    }
    echo meta($socket, "ms $key 3 O1 c k E5 s G\r\nnew\r\n"), meta($socket, "ms $key 3 k c O1 G q T60 F3\r\nnew\r\n");
    echo meta($socket, "md $key k O2 G E5 q\r\n"), meta($socket, 'md ' . base64_encode($key) . " b G O2 k\r\n");
    echo 'it is as it was: ', meta($socket, "mg $key G c\r\n");
}
echo 'for another reason: ', meta($socket, "ms entry 3 G E300 C5 O1\r\nnew\r\n"), meta($socket, "ms deleted 3 G E300 C200 O1\r\nnew\r\n"),
    meta($socket, "md entry G E300 C5 O1\r\n");
echo 'without G: ', meta($socket, "ms entry 3 C5 O1\r\nnew\r\n"), meta($socket, "md entry C5 O1\r\n");

$requests = [
    "mg entry", "mg entry v", "mg absent", "mg absent G", "mg deleted G", "mg vivified N30", "mg entry G T100",
    "ms entry 1 MR", "ms entry 1 ME", "ms absent 1 MR", "ms absent 1 C5", "ms entry 1 C5", "ms entry 1 E1 G",
    "ma number", "ma number v", "ma absent", "ma number C1", "md entry C1", "md entry E1 G", "md entry", "md entry", "md absent",
    "ml lock", "mu lock", "mu lock",
];
foreach ($requests as $request) {
    fwrite($socket, "$request O7\r\n" . (str_starts_with($request, 'ms') ? "x\r\n" : '') . "mn\r\n");
    for ($answer = ''; ($line = fgets($socket)) !== "MN\r\n"; $answer .= $line);
    if (!preg_match('/^[A-Z]{2}( \d+)?( c\d+)? O7( W| U)?\r\n/', $answer)) {
        echo "$request: $answer";
    }
}
?>
--EXPECT--
EX c100
EX c100
EX c100
EX c100
EX c100 O1 kentry
EX c100 kentry O1
EX c100 kentry O2
EX c100 O2 kZW50cnk= b
it is as it was: HD c100
EX c200
EX c200
EX c200
EX c200
EX c200 O1 kdeleted
EX c200 kdeleted O1
EX c200 kdeleted O2
EX c200 O2 kZGVsZXRlZA== b
it is as it was: EN c200
for another reason: EX O1
NF O1
EX O1
without G: EX O1
EX O1
