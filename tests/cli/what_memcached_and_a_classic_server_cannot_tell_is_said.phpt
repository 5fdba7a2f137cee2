--TEST--
what memcached and a classic server cannot tell is said, in each subcommand
--SKIPIF--
<?php
require __DIR__ . '/cli.inc';
skip_unless_sharedanced();
skip_unless_memcached();
?>
--FILE--
<?php
require __DIR__ . '/cli.inc';

$behind = new TestServer();
foreach (['memcached' => new MemcachedServer(), 'classic' => classic($behind)] as $name => $server) {
    $list = '--servers=' . list_of($server);
    echo "$name\n";
    $run = function (array $arguments, string $input = '') use ($list) {
        return tool([...$arguments, '--timeout=20', $list], $input);
    };
    foreach ([['ping'], ['stats'], ['top'], ['check', '--latency=50,60'], ['locks'], ['locks', '--key=k'], ['set', 'k'], ['get', 'k'], ['get', '--copies', 'k'], ['delete', 'k'], ['get', 'k']] as $arguments) {
        [$status, $out, $err] = $run($arguments, "bytes\0");
        echo '  ', implode(' ', $arguments), ": $status", $out === "bytes\0" ? ', the value' : '', "\n";
        foreach (explode("\n", normal($err . ($arguments[0] === 'check' ? explode('; ', explode(' | ', $out)[0])[1] : ''))) as $line) {
            echo $line === '' ? '' : "    $line\n";
        }
        fact("  JSON", $arguments[0] === 'set' || json_of([...$arguments, '--timeout=20', $list]) !== false);
    }
}
$run(['set', 'k'], 'x');
$copy = json_of(['get', '--copies', 'k', $list])[0];
fact('not known is null', [$copy['version'], $copy['ttl'], $copy['proven'], $copy['state']] === [null, null, null, 'found']);
$look = json_of(['top', $list])[0];
fact('it is classic, and nothing else is known', $look['state'] === 'classic' && !isset($look['full']) && !isset($look['locks']));
fact('no data of what is not known', !str_contains($run(['check'])[1], 'full'));
fact('no time to live', $run(['set', 'k', '--ttl=5'], 'x')[0] === 3);
?>
--EXPECT--
memcached
  ping: 0
  JSON: yes
  stats: 0
  JSON: yes
  top: 0
    sharedance: [SERVER] is memcached: it has no health, no identity and no list of locks
  JSON: yes
  check --latency=50,60: 0
    [SERVER] is memcached: it has no health, no identity and no list of locks
  JSON: yes
  locks: 3
    sharedance: [SERVER] reports nothing about locks: it is memcached, or an older sharedanced
  JSON: yes
  locks --key=k: 3
    sharedance: [SERVER] reports nothing about locks: it is memcached, or an older sharedanced
  JSON: yes
  set k: 0
  JSON: yes
  get k: 0, the value
  JSON: yes
  get --copies k: 0
    sharedance: [SERVER] is memcached: it does not tell whether a copy is proven
  JSON: yes
  delete k: 0
    sharedance: [SERVER] is memcached: it does not tell whether a copy is proven
  JSON: yes
  get k: 1
  JSON: yes
classic
  ping: 0
  JSON: yes
  stats: 3
    sharedance: [SERVER] closes without an answer: a classic server reports nothing about itself
  JSON: yes
  top: 0
    sharedance: [SERVER] is a classic server: it reports only that it answers
  JSON: yes
  check --latency=50,60: 0
    [SERVER] is a classic server: it reports only that it answers
  JSON: yes
  locks: 3
    sharedance: [SERVER] closes without an answer: a classic server reports nothing about itself
  JSON: yes
  locks --key=k: 3
    sharedance: [SERVER] closes without an answer: a classic server reports nothing about itself
  JSON: yes
  set k: 0
  JSON: yes
  get k: 0, the value
  JSON: yes
  get --copies k: 0
    sharedance: [SERVER] is a classic server: it reports no version, no remaining life, and not whether a copy is proven
  JSON: yes
  delete k: 0
    sharedance: [SERVER] is a classic server: it reports no version, no remaining life, and not whether a copy is proven
  JSON: yes
  get k: 1
  JSON: yes
not known is null: yes
it is classic, and nothing else is known: yes
no data of what is not known: yes
no time to live: yes
