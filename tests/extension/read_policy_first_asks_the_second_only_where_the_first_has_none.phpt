--TEST--
read policy first asks the second only where the first has none
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

$servers = servers(2);
$relays = array_map('relayed', $servers);
$cache = pool($relays, true);
$by_port = array_column($relays, null, 'port');
$first = $by_port[$cache->getServer('k')->port];
$second = $by_port[$cache->getReplica('k')->port];
$first_server = $servers[array_search($first, $relays, true)];
$asked = function (callable $code) use ($first, $second): void {
    $first->requests();
    $second->requests();
    report($code);
    echo '  to the first went ', substr_count($first->requests(), "\r\n"), ' lines, to the second ',
        substr_count($second->requests(), "\r\n"), "\n";
};

echo ini_get('sharedance.read_policy'), "\n";
$cache->set('k', 'v');
$asked(fn () => $cache->get('k'));
ini_set('sharedance.read_policy', 'first');
echo ini_get('sharedance.read_policy'), "\n";
$asked(fn () => $cache->get('k'));
$asked(fn () => $cache->getMulti(['k']));
$asked(fn () => $cache->has('k'));
$asked(fn () => $cache->get('none', 'none'));
$asked(fn () => $cache->set('k', 'w'));
echo "the first lost it\n";
lose_data($first_server);
$asked(fn () => $cache->get('k'));
echo "the first is dead\n";
$first_server->kill();
$first->process->kill();
report(fn () => $cache->get('k'));
echo "what is no policy\n";
var_dump(@ini_set("sharedance.read_policy", "last"), ini_get("sharedance.read_policy"));
echo error_get_last()["message"], "\n";
?>
--EXPECT--
newest
returned string(1) "v"
  to the first went 1 lines, to the second 1
first
returned string(1) "v"
  to the first went 1 lines, to the second 0
returned array(1) {
  ["k"]=>
  string(1) "v"
}
  to the first went 1 lines, to the second 0
returned bool(true)
  to the first went 1 lines, to the second 0
returned string(4) "none"
  to the first went 1 lines, to the second 1
returned int(2)
  to the first went 2 lines, to the second 2
the first lost it
returned string(1) "w"
  to the first went 3 lines, to the second 1
the first is dead
returned string(1) "w"
what is no policy
bool(false)
string(5) "first"
sharedance.read_policy must be newest or first, 'last' given
