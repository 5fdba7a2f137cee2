--TEST--
the class SessionHandler works on top
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/session.inc';

/* What the manual shows: sessions that are encrypted at rest. */
class Secret extends SessionHandler
{
    public function read(string $id): string|false
    {
        $data = parent::read($id);
        return $data === false ? false : str_rot13($data);
    }

    public function write(string $id, string $data): bool
    {
        return parent::write($id, str_rot13($data));
    }
}

$server = new TestServer();
use_servers([$server]);
session_set_save_handler(new Secret(), true);
visit('id', function () {
    $_SESSION['name'] = 'value';
});
echo entry($server, 'id'), "\n", visit('id')['name'], "\n";
var_dump(is_free($server, 'id'));

echo "calls about other ids have a lock of their own\n";
class Others extends SessionHandler
{
    public function write(string $id, string $data): bool
    {
        parent::write("$id-copy", $data);
        return parent::write($id, $data) && parent::write($id, $data);
    }

    public function destroy(string $id): bool
    {
        return parent::destroy("$id-copy") && parent::destroy($id);
    }
}
session_set_save_handler(new Others(), true);
visit('other', function () {
    $_SESSION['name'] = 'again';
});
var_dump(entry($server, 'other'), entry($server, 'other-copy'), is_free($server, 'other'), is_free($server, 'other-copy'));
visit('other', fn () => session_destroy());
var_dump(entry($server, 'other'), entry($server, 'other-copy'), is_free($server, 'other'), is_free($server, 'other-copy'));

echo "strict mode: its ids are checked from PHP 8.6 on, by the save handler below\n";
session_set_save_handler(new Secret(), true);
$taken = function (string $id): string {
    start($id, ['use_strict_mode' => '1']);
    $taken = session_id() === $id ? 'taken' : 'another';
    $_SESSION['name'] = 'value';
    session_write_close();
    return $taken;
};
$known = $taken('id');
$unknown = $taken('unknown');
echo "known: $known\n";
echo 'unknown: ', $unknown === (PHP_VERSION_ID >= 80600 ? 'another' : 'taken') ? 'as PHP does' : $unknown, "\n";
var_dump(is_free($server, 'id'), is_free($server, 'unknown'), is_free($server, session_id()));

echo "out of order\n";
$handler = new SessionHandler();
try {
    var_dump($handler->read('id'));
} catch (Error $error) {
    echo get_class($error), ': ', $error->getMessage(), "\n";
}
?>
--EXPECT--
anzr|f:5:"inyhr";
value
bool(true)
calls about other ids have a lock of their own
string(17) "name|s:5:"again";"
string(17) "name|s:5:"again";"
bool(true)
bool(true)
NULL
NULL
bool(true)
bool(true)
strict mode: its ids are checked from PHP 8.6 on, by the save handler below
known: taken
unknown: as PHP does
bool(true)
bool(true)
bool(true)
out of order
Error: Session is not active
