--TEST--
an overridden send is used for every request to its server
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

class ArrayServer extends SharedanceServer
{
    public array $entries = [];
    public array $requests = [];

    public function send(string $command): string
    {
        $this->requests[] = addcslashes($command, "\0..\37");
        $key_length = unpack('N', $command, 1)[1];
        switch ($command[0]) {
            case 'S':
                $this->entries[substr($command, 9, $key_length)] = substr($command, 9 + $key_length);
                return "OK\n";
            case 'F':
                return $this->entries[substr($command, 5)] ?? '';
            case 'D':
                $had = isset($this->entries[substr($command, 5)]);
                unset($this->entries[substr($command, 5)]);
                return $had ? "OK\n" : '';
        }
    }
}

$one = new ArrayServer('one');
$two = new ArrayServer('two');
$cache = new Sharedance(true);
$cache->addServer($one);
$cache->addServer($two);
$key = $cache->getServer('a') === $one ? 'a' : 'b';

var_dump($cache->set($key, "v\0"), $cache->get($key) === "v\0", $cache->delete($key), $cache->get($key));
echo strtr(implode("\n", $one->requests), [$key => 'KEY']), "\n--\n";
echo strtr(implode("\n", $two->requests), [$key => 'KEY']), "\n";

echo "beside a real server\n";
$real = new TestServer();
$cache = new Sharedance(true);
$cache->addServer($one);
$cache->addServer($real->object());
var_dump($cache->set('k', 'v'), $one->entries['k'], ask($real, fetch('k')));
$real->kill();
var_dump($cache->set('k', 'w'), $cache->get('k'), $cache->delete('k'));

echo "a time to live is refused, not dropped\n";
$plain = new Sharedance();
$plain->addServer(new ArrayServer('x'));
report(fn () => $plain->set('k', 'v', 9));
?>
--EXPECT--
int(2)
bool(true)
bool(true)
bool(false)
S\000\000\000\001\000\000\000\002KEYv\000
F\000\000\000\001KEY
D\000\000\000\001KEY
F\000\000\000\001KEY
--
S\000\000\000\001\000\000\000\002KEYv\000
D\000\000\000\001KEY
F\000\000\000\001KEY
beside a real server
int(2)
string(1) "v"
string(1) "v"
int(1)
string(1) "w"
bool(true)
a time to live is refused, not dropped
SharedanceUnsupportedException: Failed to write data to [x:PORT] "a time to live of 9 s was asked for, the classic protocol has none"
