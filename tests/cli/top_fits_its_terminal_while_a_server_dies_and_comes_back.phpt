--TEST--
top fits 80 x 24 while a server dies and comes back, and leaves the terminal in order however it ends
--SKIPIF--
<?php
require __DIR__ . '/cli.inc';
skip_unless_sharedanced();
if (trim((string) shell_exec('command -v script')) === '') {
    die('skip there is no script(1)');
}
?>
--FILE--
<?php
require __DIR__ . '/cli.inc';

/* top in a pseudo-terminal of 80 x 24; what follows it is what the terminal is like then. */
class Terminal
{
    private $handle;
    private $keys;
    public string $file;

    public function __construct(string $list)
    {
        static $count = 0;
        $this->file = scratch() . '/terminal-' . ++$count;
        $command = 'stty rows 24 cols 80; trap : INT; sh -c ' . escapeshellarg('echo pid $$; exec ' . escapeshellarg(tool_program())
            . " top --interval=0.1 --timeout=5 --servers=$list") . '; echo "status $?"; stty -a';
        $this->handle = proc_open(['setpriv', '--pdeathsig', 'KILL', '--', 'script', '-qf', '-c', $command, $this->file], [['pipe', 'r'], ['file', '/dev/null', 'w'], ['file', '/dev/null', 'w']], $pipes, null, ['TERM' => 'xterm', 'SHELL' => '/bin/sh'] + getenv());
        $this->keys = $pipes[0];
    }

    public function text(): string
    {
        return (string) @file_get_contents($this->file);
    }

    public function expect(string $pattern, int $from = 0): int
    {
        wait_until(fn () => preg_match($pattern, substr($this->text(), $from)), "$pattern in " . $this->text());
        return strlen($this->text());
    }

    public function pid(): int
    {
        $this->expect('/pid \d+/');
        preg_match('/pid (\d+)/', $this->text(), $match);
        return (int) $match[1];
    }

    public function press(string $key): void
    {
        fwrite($this->keys, $key);
    }

    /* How top ended, and whether the terminal is as it was. */
    public function end(): string
    {
        $this->expect('/status \d+.* cread /s');
        $text = $this->text();
        preg_match('/status (\d+)/', $text, $match);
        $after = strrchr($text, "\x1b"); /* the last thing that was changed is the screen */
        $order = !str_contains($after, '-icanon') && !preg_match('/-echo\b/', $after)
            && str_starts_with($after, "\x1b[?1049l") && strrpos($text, "\x1b[?25h") > strrpos($text, "\x1b[?25l");
        proc_terminate($this->handle, 9);
        proc_close($this->handle);
        return "$match[1], in order: " . ($order ? 'yes' : 'no') . "\n";
    }
}

$servers = servers(2);
$list = list_of(...$servers) . ",a-name-that-is-much-longer-than-the-column-of-names-of-the-table.invalid:{$servers[0]->port}";
$terminal = new Terminal($list);
$from = $terminal->expect("/{$servers[1]->port}\] +OK +0% .* \d+\.\d\d +\d+ +0\x1b/");
$servers[1]->kill();
$from = $terminal->expect("/{$servers[1]->port}\] +DOWN.*refused/s", $from);
$servers[1]->start();
$terminal->expect("/{$servers[1]->port}\] +OK /", $from);
echo 'the state has changed', "\n";
$terminal->press('q');
echo 'q: ', $terminal->end();

$frames = array_slice(explode("\x1b[H", explode("\x1b[?25h", $terminal->text())[0]), 1);
$longest = $most = 0;
foreach ($frames as $frame) {
    $lines = explode("\r\n", preg_replace('/\x1b\[\??\d*[A-Za-z]/', '', $frame));
    $longest = max($longest, ...array_map('strlen', $lines));
    $most = max($most, count($lines));
}
fact('lines of 70 to 80 columns', count($frames) > 2 && $longest <= 80 && $longest >= 70);
fact('at most 24 rows', $most <= 24);

$terminal = new Terminal($list);
$terminal->expect('/locks/');
$terminal->press("\x03");
echo 'Ctrl-C: ', $terminal->end();
foreach (['INT', 'TERM', 'HUP', 'QUIT'] as $signal) {
    $terminal = new Terminal($list);
    $terminal->expect('/locks/');
    send_signal($terminal->pid(), $signal);
    echo "SIG$signal: ", $terminal->end();
}

[$status, $out] = tool(['top', '--servers=' . list_of(...$servers)]);
fact('without a terminal it prints once', $status === 0 && substr_count($out, 'server ') === 1 && !str_contains($out, "\x1b"));
fact('JSON', array_column(json_of(['top', '--servers=' . list_of(...$servers)]), 'state') === ['OK', 'OK']);
$servers[0]->kill();
[$status, $out, $err] = tool(['top', '--servers=' . list_of(...$servers)]);
fact('one is dead', $status === 3 && str_contains($out, 'DOWN') && str_contains($err, 'refused'));
?>
--EXPECT--
the state has changed
q: 0, in order: yes
lines of 70 to 80 columns: yes
at most 24 rows: yes
Ctrl-C: 130, in order: yes
SIGINT: 130, in order: yes
SIGTERM: 143, in order: yes
SIGHUP: 129, in order: yes
SIGQUIT: 131, in order: yes
without a terminal it prints once: yes
JSON: yes
one is dead: yes
