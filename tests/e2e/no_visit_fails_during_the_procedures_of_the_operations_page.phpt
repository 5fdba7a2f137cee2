--TEST--
no visit fails and no session is lost during the procedures of docs/operations.md
--EXTENSIONS--
sharedance
--SKIPIF--
<?php
require __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
if (!is_executable(root() . '/cli/sharedance')) {
    die('skip cli/sharedance is not built');
}
if (!file_exists(root() . '/docs/operations.md')) {
    die('skip the package has no docs/operations.md');
}
?>
--FILE--
<?php
require __DIR__ . '/operations.inc';

/* What the page has an operator do besides the commands; before the N-th of them. */
$by_hand = [
    'Change a setting' => [0 => fn (Pool $pool) => file_put_contents($pool->machines['web1']->root . '/etc/sharedance/sharedanced.conf', "max-connections = 500\n", FILE_APPEND)],
    'Move a server to another machine under its name' => [3 => fn (Pool $pool) => $pool->lead('web1', $pool->machines['new'])],
    'Replace a server by an empty one' => [
        1 => fn (Pool $pool) => $pool->machines['web1']->mount_new_disk(),
        2 => function (Pool $pool) {
            $pool->machines['web1']->lose_disk();
            $pool->lead('web1', $pool->machines['new']);
        },
    ],
    'Restore a backup' => [0 => fn (Pool $pool) => $pool->run('web1', 'sharedanced --directory=/var/lib/sharedance --backup=/var/backups/sharedance')],
];
/* What is to be seen when all is done. */
$seen = [
    'Change a setting' => fn (Pool $pool) => str_contains($pool->machines['web1']->service->log(), 'max-connections'),
    'Back up a running server' => fn (Pool $pool) => file_exists($pool->machines['web1']->root . '/var/backups/sharedance/data.mdb'),
];

foreach (operations_sections() as $title => $section) {
    $pool = new Pool(scratch() . '/' . preg_replace('/\W+/', '-', $title));
    $idle = new Idle($pool, str_contains($section, '--proven') ? 0 : 50); /* a proof waits for the longest life */
    $visitors = new Visitors($pool, 2, $pool->names);
    usleep(300000);
    $operations = operations_of($section);
    foreach ($operations as $i => [$on, $command]) {
        ($by_hand[$title][$i] ?? fn () => null)($pool);
        $pool->run($on, $command);
    }
    ($by_hand[$title][count($operations)] ?? fn () => null)($pool);
    usleep(300000);
    $complaints = $visitors->end();
    array_map(fn ($machine) => $machine->start(), array_slice($pool->machines, 0, 2)); /* one was stopped by its procedure */
    $complaints .= $idle->come();
    $complaints .= ($seen[$title] ?? fn () => true)($pool) ? '' : "  it has no effect\n";
    echo $title, $complaints === '' ? ": no visit failed\n" : ":\n$complaints";
    foreach ($pool->machines as $machine) {
        $machine->stop();
    }
}
?>
--EXPECT--
Start, stop, check: no visit failed
Change a setting: no visit failed
Restart all servers in turn: no visit failed
Reboot all machines in turn: no visit failed
Upgrade: no visit failed
Back up a running server: no visit failed
Restore a backup: no visit failed
Move a server to another machine under its name: no visit failed
Replace a server by an empty one: no visit failed
