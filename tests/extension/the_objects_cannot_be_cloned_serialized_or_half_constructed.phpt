--TEST--
the objects cannot be cloned, serialized, compared, extended by properties or half constructed
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/../helper.inc';

foreach ([new Sharedance(), new SharedanceServer('h'), new SharedanceSession(new Sharedance())] as $object) {
    $class = get_class($object);
    report(fn () => clone $object);
    report(fn () => serialize($object));
    report(fn () => unserialize('O:' . strlen($class) . ":\"$class\":0:{}"));
    report(fn () => $object->undeclared = 1);
    $other = match ($class) {
        'Sharedance' => new Sharedance(),
        'SharedanceServer' => new SharedanceServer('h'),
        'SharedanceSession' => new SharedanceSession(new Sharedance()),
    };
    echo json_encode([$object == $other, $object == $object, $object < $other, $object > $other, $object === $object]), "\n";
}

/* a subclass that forgets its parent's constructor is an error, not a crash */
class Forgetful extends SharedanceServer { public function __construct() {} }
class ForgetfulPool extends Sharedance { public function __construct() {} }
report(fn () => (string) new Forgetful());
report(fn () => (new Forgetful())->send('x'));
report(fn () => (new Sharedance())->addServer(new Forgetful()));
report(fn () => (new ForgetfulPool())->get('k'));
report(fn () => (new ForgetfulPool())->close());
report(fn () => (new ReflectionClass('Sharedance'))->newInstanceWithoutConstructor()->addServers('a'));

$server = new SharedanceServer('h');
report(fn () => $server->host = 'other');
report(fn () => $server->__construct('again'));
report(fn () => (new Sharedance())->__construct());
echo "$server\n";
?>
--EXPECT--
Error: Trying to clone an uncloneable object of class Sharedance
Exception: Serialization of 'Sharedance' is not allowed
Exception: Unserialization of 'Sharedance' is not allowed
Error: Cannot create dynamic property Sharedance::$undeclared
[false,true,false,false,true]
Error: Trying to clone an uncloneable object of class SharedanceServer
Exception: Serialization of 'SharedanceServer' is not allowed
Exception: Unserialization of 'SharedanceServer' is not allowed
Error: Cannot create dynamic property SharedanceServer::$undeclared
[false,true,false,false,true]
Error: Trying to clone an uncloneable object of class SharedanceSession
Exception: Serialization of 'SharedanceSession' is not allowed
Exception: Unserialization of 'SharedanceSession' is not allowed
Error: Cannot create dynamic property SharedanceSession::$undeclared
[false,true,false,false,true]
Error: The Forgetful object has not been constructed
Error: The Forgetful object has not been constructed
ValueError: Sharedance::addServer(): Argument #1 ($server) must be a constructed object
Error: The ForgetfulPool object has not been constructed
Error: The ForgetfulPool object has not been constructed
Error: The Sharedance object has not been constructed
Error: Cannot modify readonly property SharedanceServer::$host
Error: The SharedanceServer object has been constructed already
Error: The Sharedance object has been constructed already
[h:1042]
