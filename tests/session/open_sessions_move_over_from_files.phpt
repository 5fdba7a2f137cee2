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

$place = scratch() . '/sessions';
mkdir($place);
change_over([
    'session.save_handler' => 'files',
    'session.save_path' => $place,
], [], fn (string $id) => in_array("sess_$id", scandir($place)), function () use ($place): void {
    rename($place, "$place.elsewhere"); /* as if it were on a disk that is not mounted */
});
?>
--EXPECT--
before: 1211
bool(true)
a page that only reads: 2
with read_and_close: 2
with session_reset: 2
bool(true)
after: 34
bool(false)
without a change: 1
bool(false)
who logs out: out new
bool(false)
a new visitor: 1
strict mode
an id that was made up: refused0
an old session: fritz00000 2
once more: fritz00000 3
a new id for it: 3new
bool(false)
bool(false)
one server down
252
both: 1
bool(true)
no old place
who has moved: 78
who logs in: bool(true)
who is new: 1
a page without a session: fine
who has not moved, as it is: 11
who has not moved, strict: 11
