--TEST--
a server that was away never wins with an old session
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
require __DIR__ . '/../clock.inc';

start_on_own_clock();
$servers = servers(3);
use_servers($servers);
ini_set('sharedance.retry_interval', '0');
[$first, $second] = owners($servers, pool($servers, true), 'id');

function keep(string $value): void
{
    $_SESSION['n'] = $value;
}

foreach ([[$first, $second], [$second, $first]] as [$one, $other]) {
    visit('id', fn () => keep('old'));
    $one->kill();
    visit('id', fn () => keep('new'));
    $one->start();
    time_passes(SETTLING);
    echo visit('id')['n'];
    $other->kill();
    echo ' ', visit('id')['n'];
    $other->start();
    time_passes(SETTLING);
    echo ' ', visit('id')['n'], "\n";
}
echo "logged out, it stays so\n";
foreach ([$first, $second] as $one) {
    visit('id', fn () => keep('in'));
    $one->kill();
    visit('id', fn () => session_destroy());
    $one->start();
    var_dump(visit('id'));
    var_dump(entry($one, 'id'));
}
?>
--EXPECT--
new new new
new new new
logged out, it stays so
array(0) {
}
string(0) ""
array(0) {
}
string(0) ""
