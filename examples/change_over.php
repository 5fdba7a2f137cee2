<?php
/*
 * Changes a site over to Sharedance, and keeps the sessions that are open. php.ini has the new handler already, and this
 * file is loaded in front of each script:
 *
 *   session.save_handler = sharedance
 *   session.save_path = "10.0.0.1:1042, 10.0.0.2:1042"
 *   auto_prepend_file = /usr/local/share/change_over.php
 *
 * A session that the new servers do not have is read from the old place. It is written to the new servers when the request
 * ends, and then deleted from the old place, so a visitor who logs out stays logged out. A page with read_and_close reads it
 * where it is. After session.gc_maxlifetime seconds no session is left in the old place: remove the line.
 *
 * The old place is asked only for a session that the new servers do not have. If it cannot be asked, that session does not
 * start. Write here which handler the sessions were in, and its session.save_path as it was. Keep its extension loaded, and
 * its other settings (memcached.sess_prefix) in php.ini.
 */

const CHANGE_OVER_HANDLER = 'files'; /* or 'memcached', or 'redis' */
const CHANGE_OVER_PLACE = '/var/lib/php/sessions';

/* {{{ where the sessions were */

interface ChangeOverPlace
{
    /* The session of an id, which has been checked; '': there is none. Throws if that cannot be found out. */
    public function read(string $id): string;

    /* Throws unless there is none from now on. */
    public function delete(string $id): void;
}

/* session.save_path of files: "PATH", "DEPTH;PATH" or "DEPTH;MODE;PATH" */
final class ChangeOverFiles implements ChangeOverPlace
{
    private string $directory;
    private int $depth;

    public function __construct(string $place)
    {
        $place = $place === '' ? sys_get_temp_dir() : $place;
        if (!preg_match('~^(?:(\d);(?:[0-7]+;)?)?(/.*)$~D', $place, $parts)) {
            throw new ValueError('change_over.php: the old place is no session.save_path of the files handler');
        }
        [, $depth, $this->directory] = $parts;
        $this->depth = (int) $depth;
    }

    public function read(string $id): string
    {
        $file = $this->find($id);
        /* who has not come for so long is logged out, though nobody has cleaned up */
        if ($file === null || @filemtime($file) < time() - (int) ini_get('session.gc_maxlifetime')) {
            return '';
        }
        $session = @file_get_contents($file);
        if ($session === false || strlen($session) < filesize($file)) {
            throw new RuntimeException('its file cannot be read: check the owner, and the disk');
        }
        return $session;
    }

    public function delete(string $id): void
    {
        $file = $this->find($id);
        if ($file !== null && !@unlink($file) && $this->find($id) !== null) {
            throw new RuntimeException('its file cannot be deleted: check the owner of the directory');
        }
    }

    /* Its file; null: there is none. Without the right to search a directory, PHP takes each of its files for absent. */
    private function find(string $id): ?string
    {
        clearstatcache();
        $path = $this->directory;
        for ($level = 0; $level <= $this->depth; $level++) {
            if (!is_dir($path) || !is_executable($path)) {
                throw new RuntimeException("the directory $this->directory cannot be searched");
            }
            $path .= $level < $this->depth ? '/' . ($id[$level] ?? '') : "/sess_$id";
            if (!file_exists($path)) {
                return null;
            }
        }
        return $path;
    }
}

/* session.save_path of memcached: "HOST:PORT, HOST:PORT"; a session may be on any of them */
final class ChangeOverMemcached implements ChangeOverPlace
{
    /** @var list<array{string, int}> */
    private array $servers;
    /** @var list<Memcached> those that are connected */
    private array $connections = [];

    public function __construct(string $place)
    {
        if (ini_get('memcached.sess_sasl_username') != '') {
            throw new ValueError('change_over.php: memcached with a user and a password is not supported');
        }
        foreach (explode(',', $place) as $server) {
            if (!preg_match('~^([\w.-]+)(?::(\d+)(?::\d+)?)?$|^(/[^:\s]+)(?::0)?$~D', trim($server), $parts)) {
                throw new ValueError('change_over.php: the old place is no list of memcached servers, as web1:11211, web2:11211');
            }
            $this->servers[] = isset($parts[3]) ? [$parts[3], 0] : [$parts[1], (int) ($parts[2] ?? 11211)];
        }
    }

    public function read(string $id): string
    {
        $failure = null;
        foreach ($this->connect() as $i => $server) {
            $session = $server->get(ini_get('memcached.sess_prefix') . $id);
            if (is_string($session)) {
                return $session;
            }
            $failure ??= $this->failure($i);
        }
        return $failure === null ? '' : throw new RuntimeException($failure);
    }

    public function delete(string $id): void
    {
        $failure = null;
        foreach ($this->connect() as $i => $server) {
            $server->delete(ini_get('memcached.sess_prefix') . $id);
            $failure ??= $this->failure($i);
        }
        $failure === null || throw new RuntimeException($failure);
    }

    /* Each server alone, so it does not matter how the ids were spread. @return list<Memcached> */
    private function connect(): array
    {
        foreach ($this->connections === [] ? $this->servers : [] as [$host, $port]) {
            $this->connections[] = $server = new Memcached();
            $server->setOptions([Memcached::OPT_CONNECT_TIMEOUT => 2000, Memcached::OPT_POLL_TIMEOUT => 2000,
                Memcached::OPT_BINARY_PROTOCOL => (bool) ini_get('memcached.sess_binary_protocol')]);
            $server->addServer($host, $port);
        }
        return $this->connections;
    }

    /* Why the server's last answer was none; null: it was one. */
    private function failure(int $i): ?string
    {
        $code = $this->connections[$i]->getResultCode();
        return in_array($code, [Memcached::RES_SUCCESS, Memcached::RES_NOTFOUND], true) ? null
            : "[{$this->servers[$i][0]}:{$this->servers[$i][1]}] " . $this->connections[$i]->getResultMessage();
    }
}

/* session.save_path of redis: "tcp://HOST:PORT?auth=PASSWORD&database=2&prefix=APP:, unix:///PATH"; a session may be on any */
final class ChangeOverRedis implements ChangeOverPlace
{
    /* those that have no say in where a session is, too */
    private const PARAMETERS = ['auth', 'database', 'prefix', 'timeout', 'read_timeout', 'persistent', 'persistent_id', 'retry_interval', 'weight'];

    /** @var list<array{host: string, port: int, parameters: array<string, mixed>}> */
    private array $servers;
    /** @var array<int, Redis> those that are connected */
    private array $connections = [];

    public function __construct(#[\SensitiveParameter] string $place)
    {
        if (!in_array((string) ini_get('redis.session.compression'), ['', 'none'], true)) {
            throw new ValueError('change_over.php: sessions that redis.session.compression compressed are not supported');
        }
        foreach (preg_split('/[\s,]+/', $place, -1, PREG_SPLIT_NO_EMPTY) as $server) {
            $this->servers[] = $this->parse($server);
        }
        isset($this->servers) || throw new ValueError('change_over.php: the old place names no Redis server');
    }

    public function read(string $id): string
    {
        foreach ($this->servers as $i => $server) {
            $session = $this->connect($i)->get($server['parameters']['prefix'] . $id);
            $this->check($i, is_string($session) || $this->connect($i)->getLastError() === null);
            if (is_string($session)) {
                return $session;
            }
        }
        return '';
    }

    public function delete(string $id): void
    {
        foreach ($this->servers as $i => $server) {
            $this->check($i, $this->connect($i)->del($server['parameters']['prefix'] . $id) !== false);
        }
    }

    /* No message has a password in it. */
    private function parse(#[\SensitiveParameter] string $server): array
    {
        $url = parse_url(preg_replace('/^unix:/', 'file:', $server)); /* as the extension does */
        $address = match ($url['scheme'] ?? null) {
            'tcp' => ['host' => trim($url['host'] ?? '', '[]'), 'port' => $url['port'] ?? 6379],
            'tls' => ['host' => 'tls://' . ($url['host'] ?? ''), 'port' => $url['port'] ?? 6379],
            'file' => ['host' => $url['path'] ?? '', 'port' => 0],
            default => ['host' => '', 'port' => 0],
        };
        if ($address['host'] === '' || isset($url['user']) || isset($url['fragment']) || ($url['scheme'] !== 'file' && ($url['path'] ?? '/') !== '/')) {
            throw new ValueError('change_over.php: the old place is no list of Redis servers, as tcp://web1:6379?database=2');
        }
        parse_str($url['query'] ?? '', $parameters);
        foreach (array_diff(array_keys($parameters), self::PARAMETERS) as $name) {
            throw new ValueError("change_over.php: the parameter $name of a Redis server is not supported");
        }
        if (!preg_match('/^\d+$/D', $parameters['database'] ?? '0')) {
            throw new ValueError('change_over.php: the parameter database of a Redis server is no number');
        }
        return $address + ['parameters' => $parameters + ['prefix' => 'PHPREDIS_SESSION:', 'auth' => '', 'database' => '0']];
    }

    private function connect(int $i): Redis
    {
        if (!isset($this->connections[$i])) {
            ['host' => $host, 'port' => $port, 'parameters' => $parameters] = $this->servers[$i];
            $server = new Redis();
            $timeout = (float) ($parameters['timeout'] ?? 0) ?: 2.0;
            $is_connected = $server->connect($host, $port, $timeout, null, 0, (float) ($parameters['read_timeout'] ?? 0) ?: 2.0);
            $auth = is_array($parameters['auth']) ? array_values($parameters['auth']) : $parameters['auth'];
            $this->check($i, $is_connected && ($auth === '' || $server->auth($auth)) && $server->select((int) $parameters['database']));
            $this->connections[$i] = $server;
        }
        return $this->connections[$i];
    }

    private function check(int $i, bool $is_done): void
    {
        $is_done || throw new RuntimeException("[{$this->servers[$i]['host']}:{$this->servers[$i]['port']}] refuses: see its auth, database and health");
    }
}

/* }}} */

final class ChangeOver extends SharedanceSession
{
    /** @var array<string, string|false> what the old place said of ids that the new servers do not have, until the session is closed */
    private array $old = [];

    public function __construct(Sharedance $new, private ChangeOverPlace $place)
    {
        parent::__construct($new);
    }

    public function close(): bool
    {
        $this->old = [];
        return parent::close();
    }

    public function create_sid(): string
    {
        $id = parent::create_sid();
        $this->old[$id] = ''; /* nobody has a session of an id that is new */
        return $id;
    }

    /* Of an id that cannot be asked about, too: reading it fails then, and nobody is given another one. */
    public function validateId(string $id): bool
    {
        return parent::validateId($id) || $this->read_old($id) !== '';
    }

    public function read(string $id): string|false
    {
        $is_new = !isset($this->old[$id]) && parent::validateId($id);
        $session = parent::read($id);
        return $session === false || $is_new ? $session : $this->read_old($id);
    }

    public function write(string $id, string $session): bool
    {
        if (!parent::write($id, $session)) {
            return false;
        }
        if ($this->is_old($id) && !$this->delete_old($id)) {
            parent::destroy($id); /* with a copy in both places, a log-out would not last */
            return false;
        }
        unset($this->old[$id]);
        return true;
    }

    public function updateTimestamp(string $id, string $session): bool
    {
        return $this->is_old($id) ? $this->write($id, $session) : parent::updateTimestamp($id, $session);
    }

    public function destroy(string $id): bool
    {
        return parent::destroy($id) && (!$this->is_old($id) || $this->delete_old($id));
    }

    /* Whether the session was read from the old place, and is still there. */
    private function is_old(string $id): bool
    {
        return ($this->old[$id] ?? '') !== '';
    }

    /* '': there is none; false: that cannot be found out, and a warning says why */
    private function read_old(string $id): string|false
    {
        if (!isset($this->old[$id])) {
            $session = preg_match('/^[-,a-zA-Z0-9]{1,256}$/D', $id) ? $this->attempt('read', fn () => $this->place->read($id)) : '';
            $this->old[$id] = $session;
        }
        return $this->old[$id];
    }

    private function delete_old(string $id): bool
    {
        return $this->attempt('delete', fn () => $this->place->delete($id)) !== false;
    }

    private function attempt(string $what, Closure $action): mixed
    {
        try {
            return @$action();
        } catch (RuntimeException | RedisException $failure) {
            trigger_error("change_over.php: failed to $what the session in its old place: {$failure->getMessage()}", E_USER_WARNING);
            return false;
        }
    }
}

(function (): void {
    if (ini_get('session.auto_start') || session_status() === PHP_SESSION_ACTIVE) {
        @session_abort(); /* what was started without the old place must not be stored */
        throw new Error('change_over.php: set session.auto_start = 0 until the change-over is done, and call session_start(): '
            . 'a session that starts before this file is not looked for in its old place');
    }
    if (!in_array(CHANGE_OVER_HANDLER, ['files', 'memcached', 'redis'], true)) {
        throw new ValueError('change_over.php: the old handler must be files, memcached or redis');
    }
    if (CHANGE_OVER_HANDLER !== 'files' && !extension_loaded(CHANGE_OVER_HANDLER)) {
        throw new Error('change_over.php: keep the extension ' . CHANGE_OVER_HANDLER . ' loaded: it reads the old sessions');
    }
    $old = match (CHANGE_OVER_HANDLER) {
        'files' => new ChangeOverFiles(CHANGE_OVER_PLACE),
        'memcached' => new ChangeOverMemcached(CHANGE_OVER_PLACE),
        'redis' => new ChangeOverRedis(CHANGE_OVER_PLACE),
    };
    $make = function (bool $is_redundant): Sharedance {
        $pool = new Sharedance($is_redundant);
        $pool->addServers(ini_get('session.save_path'));
        return $pool;
    };
    $pool = $make(false);
    $servers = $pool->getServers();
    if (ini_get('sharedance.session.redundancy') && max(array_column($servers, 'weight')) < count($servers)) {
        $pool = $make(true); /* as session.save_handler = sharedance does it */
    }
    if (!session_set_save_handler(new ChangeOver($pool, $old), true)) {
        throw new Error('change_over.php: the session handler cannot be set here: load this file in front of all others');
    }
})();
