--TEST--
open sessions move over from files
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
if (!is_file(root() . '/examples/change_over.php')) { /* pecl installs the tests alone */
    die('skip the example is not beside the tests');
}
?>
--FILE--
<?php
require __DIR__ . '/change-over.inc';

$place = scratch() . "/sessions";
mkdir($place);
change_over([
    "session.save_handler" => "files",
    "session.save_path" => $place,
], [], "files", $place, fn (string $id) => in_array("sess_$id", scandir($place)));
?>
--EXPECT--
before: 1211
bool(true)
a page that only reads: 2
after: 34
bool(false)
without a change: 1
bool(false)
who logs out: out new
bool(false)
in strict mode: 2
bool(false)
a new visitor: 1
with a server down: 252
with no server: 1
bool(true)
