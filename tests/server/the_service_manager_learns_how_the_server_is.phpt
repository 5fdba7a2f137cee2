--TEST--
the service manager learns READY, STATUS, WATCHDOG, RELOADING and STOPPING
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

/* What a service manager is told, a message each. */
class Manager
{
    public array $messages = [];
    private $socket;

    public function __construct(public string $path)
    {
        $this->socket = stream_socket_server("udg://$path", $code, $message, STREAM_SERVER_BIND);
        stream_set_blocking($this->socket, false);
    }

    public function count(string $pattern): int
    {
        while (($message = (string) stream_socket_recvfrom($this->socket, 4096)) !== '') {
            $this->messages[] = $message;
        }
        return count(preg_grep($pattern, $this->messages));
    }

    public function expect(string $pattern, int $count = 1): void
    {
        wait_until(fn () => $this->count($pattern) >= $count, "$count of $pattern in " . json_encode($this->messages));
    }
}

$disk = scratch() . '/notify';
foreach ([$disk, "\0" . "sharedanced-test-" . getmypid()] as $path) {
    $manager = new Manager($path);
    $server = new TestServer([], null, ['NOTIFY_SOCKET' => str_replace("\0", '@', $path), 'WATCHDOG_USEC' => '300000']);
    $manager->expect('/^READY=1$/');
    fact('it answers when it says so', request($server, store('key', 'value')) === "OK\n");
    $manager->expect('/^STATUS=OK$/');
    $manager->expect('/^WATCHDOG=1$/', 5);
    send_signal($server->process->pid, 'HUP');
    $manager->expect('/^RELOADING=1\nMONOTONIC_USEC=\d+$/');
    $manager->expect('/^READY=1$/', 2);
    send_signal($server->process->pid, 'STOP');
    wait_until(fn () => status_line($server->process->pid, 'State') === 'T (stopped)', 'a stop');
    $before = $manager->count('/^WATCHDOG=1$/');
    usleep(700000); /* what does not turn says nothing: nothing but time can show it */
    fact('no sign of life without life', $manager->count('/^WATCHDOG=1$/') === $before);
    send_signal($server->process->pid, 'CONT');
    $manager->expect('/^WATCHDOG=1$/', $before + 1);
    fact('ends with 0', $server->stop() === 0);
    $manager->expect('/^STOPPING=1\nSTATUS=stopping$/');
    fact('and says it once', $manager->count('/^STOPPING/') === 1);
}

/* what is meant for another process */
$manager = new Manager(scratch() . '/other');
$server = new TestServer([], null, ['NOTIFY_SOCKET' => $manager->path, 'WATCHDOG_USEC' => '300000', 'WATCHDOG_PID' => '1']);
$manager->expect('/^STATUS=OK$/');
$server->stop();
fact('the watchdog of another process is left alone', $manager->count('/^WATCHDOG/') === 0);

/* nobody there */
$server = new TestServer([], null, ['NOTIFY_SOCKET' => scratch() . '/nobody', 'WATCHDOG_USEC' => '300000']);
fact('without a listener it serves', request($server, store('key', 'value')) === "OK\n" && $server->stop() === 0);
?>
--EXPECT--
it answers when it says so: yes
no sign of life without life: yes
ends with 0: yes
and says it once: yes
it answers when it says so: yes
no sign of life without life: yes
ends with 0: yes
and says it once: yes
the watchdog of another process is left alone: yes
without a listener it serves: yes
