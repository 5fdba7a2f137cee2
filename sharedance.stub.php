<?php

/*
 * The classes as PHP code sees them, and their reference. scripts/generate makes three files of it:
 * sharedance_arginfo.h for the extension, docs/api.md for people, and stubs/sharedance.php for
 * editors and PHPStan. The comment of a class, method or constant begins with one sentence.
 * An @example is PHP code: $cache is a Sharedance object with redundancy and two servers, and
 * "// 2: text" behind a statement means that its value is 2. A test runs them.
 * Types that the extension's generator cannot read are in @phpstan-param and @phpstan-return.
 */

/**
 * @generate-class-entries
 * @generate-legacy-arginfo 80200
 */

/**
  * Every failure that has to do with servers is this exception or one of the classes below.
 *
 * The class of the exception says what to do next, and its code says what happened. The message names the servers and
 * their reasons. It contains no key, value or session id.
 *
 * Its code is REFUSED, NO_SERVERS, NO_ROTATION, NO_INTEGER, NO_MEMORY or AMBIGUOUS, unless it is one of the classes
 * below. Correct what the message names: a full server, a pool without enough servers, a number that is too large.
 *
 * @example
 * try {
 *     $greeting = $cache->get('greeting', 'hello');
 * } catch (SharedanceException $failure) {
 *     error_log($failure->getMessage());
 *     $greeting = 'hello';
 * }
 */
class SharedanceException extends RuntimeException
{
    /**
     * The server refused to store the entry, because it is full, for example.
     *
     * @cvalue PHP_SHAREDANCE_REFUSED
     */
    public const int REFUSED = UNKNOWN;

    /**
     * The answer is not one of the protocol.
     *
     * @cvalue PHP_SHAREDANCE_BAD_ANSWER
     */
    public const int BAD_ANSWER = UNKNOWN;

    /**
     * The connection ended before the answer was complete.
     *
     * @cvalue PHP_SHAREDANCE_CLOSED
     */
    public const int CLOSED = UNKNOWN;

    /**
     * No complete answer came in time.
     *
     * @cvalue PHP_SHAREDANCE_TIMEOUT
     */
    public const int TIMEOUT = UNKNOWN;

    /**
     * There is no connection to the server: it refuses, or its name is unknown.
     *
     * @cvalue PHP_SHAREDANCE_UNREACHABLE
     */
    public const int UNREACHABLE = UNKNOWN;

    /**
     * The server is marked dead, so it was not asked.
     *
     * @cvalue PHP_SHAREDANCE_DEAD
     */
    public const int DEAD = UNKNOWN;

    /**
     * The server's protocol has no such operation.
     *
     * @cvalue PHP_SHAREDANCE_UNSUPPORTED
     */
    public const int UNSUPPORTED = UNKNOWN;

    /**
     * The pool has no servers.
     *
     * @cvalue PHP_SHAREDANCE_NO_SERVERS
     */
    public const int NO_SERVERS = UNKNOWN;

    /**
     * Redundancy needs more servers than the pool has.
     *
     * @cvalue PHP_SHAREDANCE_NO_ROTATION
     */
    public const int NO_ROTATION = UNKNOWN;

    /**
     * PHP has not enough memory for the answer.
     *
     * @cvalue PHP_SHAREDANCE_NO_MEMORY
     */
    public const int NO_MEMORY = UNKNOWN;

    /**
     * The only server that could be asked was away, and its copy may be out of date.
     *
     * @cvalue PHP_SHAREDANCE_UNPROVEN
     */
    public const int UNPROVEN = UNKNOWN;

    /**
     * The server's name leads to two servers, so a lock on one of them does not bind clients that reach the other.
     *
     * @cvalue PHP_SHAREDANCE_AMBIGUOUS
     */
    public const int AMBIGUOUS = UNKNOWN;

    /**
     * The number is too large for an integer of PHP.
     *
     * @cvalue PHP_SHAREDANCE_NO_INTEGER
     */
    public const int NO_INTEGER = UNKNOWN;
}

/**
 * A server cannot be reached, or violates its protocol.
 *
 * Its code is UNREACHABLE, DEAD, CLOSED or BAD_ANSWER. Continue without the entry, and look at the server that
 * getServer() names.
 */
class SharedanceConnectionException extends SharedanceException
{
    private ?string $server = null;

    /**
          * Names the server that failed; if both did, the first.
     *
     * @return string|null the server as addServers() takes it, such as `10.0.0.1:1042`; null: none is known
     *
     * @example
     * try {
     *     $cache->set('greeting', 'hello');
     * } catch (SharedanceConnectionException $failure) {
     *     error_log('look at ' . $failure->getServer());
     * }
     */
    public function getServer(): ?string
    {
    }
}

/**
 * No answer came in time.
 *
 * Its code is TIMEOUT. Continue without the entry. A write may or may not have been done.
 */
class SharedanceTimeoutException extends SharedanceException
{
}

/**
 * The server's protocol has no such operation.
 *
 * Its code is UNSUPPORTED. Do not retry.
 */
class SharedanceUnsupportedException extends SharedanceException
{
}

/**
 * The only server that could be asked was away, and its copy may be out of date.
 *
 * Its code is UNPROVEN. Continue without the entry until its other server is back.
 */
class SharedanceUnprovenException extends SharedanceException
{
}

/**
 * An operation on many keys failed for some of them, and succeeded for the others.
 *
 * Its message and code are those of the first failure, which getPrevious() returns. If all keys failed, that failure
 * is thrown instead.
 *
 * @example
 * try {
 *     $found = $cache->getMulti(['a', 'b', 'c']);
 * } catch (SharedancePartialException $failure) {
 *     $found = $failure->partial;
 * }
 */
class SharedancePartialException extends SharedanceException
{
    /**
     * The result for the other keys: the entries that getMulti() found, or how many were stored or deleted.
     *
     * @phpstan-var array<string>|int
     */
    public readonly array|int $partial;

    /**
     * The keys that failed.
     *
     * @phpstan-var list<string>
     */
    public readonly array $failed;
}

/**
 * One server of a pool.
 *
  * If a subclass overrides send(), the pool sends all requests through that method. So any transport that you can
 * write in PHP gets placement, redundancy and failover.
 *
 * @not-serializable
 * @strict-properties
 *
 * @example
 * $cache = new Sharedance(true);
 * $cache->addServer(new SharedanceServer('10.0.0.1'));
 * $cache->addServer(new SharedanceServer('10.0.0.2', timeout: 0.5));
 * $cache->set('greeting', 'hello'); // 2
 */
class SharedanceServer implements Stringable
{
    /**
     * The port if none is given.
     *
     * @cvalue SD_DEFAULT_PORT
     */
    public const int DEFAULT_PORT = UNKNOWN;

    /**
     * The timeout if none is given, in seconds.
     *
     * @cvalue SD_DEFAULT_TIMEOUT
     */
    public const float DEFAULT_TIMEOUT = UNKNOWN;

    /**
     * The weight if none is given.
     *
     * @cvalue SD_DEFAULT_WEIGHT
     */
    public const int DEFAULT_WEIGHT = UNKNOWN;

    /** The name, the address or `unix:/path`, as it was given. */
    public readonly string $host;

    /** The TCP port, as it was given. */
    public readonly int $port;

    /** The timeout in seconds, as it was given. */
    public readonly float $timeout;

    /** The weight, as it was given. */
    public readonly int $weight;

    /** The protocol: `meta` or `classic`; null: the client finds out. */
    public readonly ?string $protocol;

    /**
     * Describes a server, and connects to none.
     *
     * @param string $host a name, an address or `unix:/path`
     * @param int $port the TCP port, from 1 to 65535
     * @param float $timeout seconds that a request may take. `sharedance.timeout` counts if it is shorter
     * @param int $weight the share of the keys, relative to the other servers
     * @param string|null $protocol `meta`, `classic`, or `memcached`, which means the same as `meta`. null: the client
     *     finds out
     * @throws ValueError if an argument is out of its range; the message names it
     *
     * @example
     * $server = new SharedanceServer('unix:/run/sharedance/socket');
     * $server->weight; // 1
     */
    public function __construct(
        #[\SensitiveParameter] string $host,
        int $port = SharedanceServer::DEFAULT_PORT,
        float $timeout = SharedanceServer::DEFAULT_TIMEOUT,
        int $weight = SharedanceServer::DEFAULT_WEIGHT,
        ?string $protocol = null
    ) {
    }

    /**
     * Sends one raw request of the classic protocol.
     *
     * @tentative-return-type
     *
     * @param string $command the request; docs/protocol.md has its format
     * @return string the whole answer
     * @throws SharedanceConnectionException if the server cannot be reached
     * @throws SharedanceTimeoutException if no complete answer comes in time
     *
     * @example
     * $server = new SharedanceServer('10.0.0.1');
     * $server->send('S' . pack('NN', 3, 5) . 'key' . 'value'); // "OK\n"
     * $server->send('F' . pack('N', 3) . 'key'); // 'value'
     */
    public function send(#[\SensitiveParameter] string $command): string
    {
    }

    /**
     * Closes the server: later requests to it fail.
     *
     * @example
     * $server = new SharedanceServer('10.0.0.1');
     * $server->close();
     */
    public function close(): void
    {
    }

    /**
     * Names the server as messages do.
     *
     * @return string such as `[10.0.0.1:1042]`
     *
     * @example
     * (string) new SharedanceServer('10.0.0.1'); // '[10.0.0.1:1042]'
     */
    public function __toString(): string
    {
    }
}

/**
 * A pool of servers: each key has its place on one of them, or on two with redundancy.
 *
 * Keys are 1 to 254 bytes of any kind. memcached takes 250. Classic servers take printable ASCII without `.` and `/`,
 * and not the key `sharedance-classic-proof`. A key and its value together take 32 MiB at most.
 *
 * @not-serializable
 * @strict-properties
 *
 * @example
 * $cache = new Sharedance(true);
 * $cache->addServers('10.0.0.1:1042, 10.0.0.2:1042');
 * $cache->set('greeting', 'hello', 60); // 2: the number of servers that stored it
 * $cache->get('greeting'); // 'hello': even if one of the two is down
 * $cache->get('nothing', 'a default'); // 'a default': the servers answered that there is no such entry
 * $cache->increment('visits'); // false: there is no such entry yet
 * $cache->delete('greeting'); // true: there was one
 */
class Sharedance
{
    /** Not used: PHPDance's name for the usual order of servers, for scripts that mention it. */
    public const int ROTATE_FORWARDS = 1;

    /** Not used: PHPDance's name for the reverse order of servers, for scripts that mention it. */
    public const int ROTATE_BACKWARDS = 2;

    /** For getStats(): what all workers of this user have counted. */
    public const int STATS_ALL = 1;

    /** For getStats(): what this process has counted. */
    public const int STATS_PROCESS = 2;

    /**
     * Makes a pool without servers.
     *
     * @param bool $redundancy whether each entry is on two servers. The pool then needs more servers than its largest
     *     weight, so at least two
     *
     * @example
     * $cache = new Sharedance(true);
     */
    public function __construct(bool $redundancy = false)
    {
    }

    /**
     * Adds a server at the end of the pool.
     *
     * The number and the order of the servers decide which of them hold a key. So add them in the same order everywhere.
     *
     * @param SharedanceServer $server the server
     * @throws ValueError if the pool has a server at this address
     * @throws Error if an operation or a session uses the pool's servers at the moment
     *
     * @example
     * $cache = new Sharedance();
     * $cache->addServer(new SharedanceServer('10.0.0.1'));
     */
    public function addServer(SharedanceServer $server): void
    {
    }

    /**
     * Adds the servers of a list at the end of the pool: all of them, or none.
     *
     * @param string $list servers with commas between them, such as
     *     `tcp://h:1042?weight=2&timeout=2.5, h:1042:2, [::1]:1042, unix:///run/s.sock, old:1042?protocol=classic`
     * @throws ValueError if the list cannot be read, or has a server that the pool has. The message names the offset
     * @throws Error if an operation or a session uses the pool's servers at the moment
     *
     * @example
     * $cache = new Sharedance(true);
     * $cache->addServers('10.0.0.1:1042, 10.0.0.2:1042');
     */
    public function addServers(#[\SensitiveParameter] string $list): void
    {
    }

    /**
     * Replaces all servers of the pool by one.
     *
     * @param SharedanceServer $server the server
     * @throws Error if an operation or a session uses the pool's servers at the moment
     *
     * @example
     * $cache = new Sharedance();
     * $cache->connect(new SharedanceServer('10.0.0.1'));
     */
    public function connect(SharedanceServer $server): void
    {
    }

    /**
     * Forgets the servers, and closes the connections that no other pool uses.
     *
     * @throws Error if an operation or a session uses the pool's servers at the moment
     *
     * @example
     * $cache->close();
     * $cache->getServers(); // []
     */
    public function close(): void
    {
    }

    /**
     * Reads an entry.
     *
     * @param string $key the key, 1 to 254 bytes
     * @param mixed $default what to return if there is no such entry
     * @return mixed the value, which is a string, or the default
     * @throws SharedanceConnectionException if no server of the key can be reached
     * @throws SharedanceTimeoutException if no server of the key answers in time
     * @throws SharedanceUnprovenException if the only server that answers was away, and its copy may be out of date
     * @throws SharedanceException NO_SERVERS or NO_ROTATION: the pool has not enough servers
     * @throws ValueError if the key is empty or too long
     *
     * @example
     * $cache->set('greeting', 'hello'); // 2
     * $cache->get('greeting'); // 'hello'
     * $cache->get('nothing'); // false
     * $cache->get('nothing', 'a default'); // 'a default'
     */
    public function get(#[\SensitiveParameter] string $key, #[\SensitiveParameter] mixed $default = false): mixed
    {
    }

    /**
     * Stores an entry.
     *
     * @param string $key the key, 1 to 254 bytes
     * @param string $data the value
     * @param int $ttl seconds to live from now, ten years at most, and never a date as with Memcached. 0: as long as the
     *     server keeps entries (`sharedanced --expiration`)
     * @return int the number of servers that stored it, 1 or 2
     * @throws SharedanceConnectionException if no server of the key can be reached
     * @throws SharedanceTimeoutException if no server of the key answers in time. It may have stored the entry
     * @throws SharedanceUnsupportedException if `$ttl` is not 0 and a server of the key is classic
     * @throws SharedanceException REFUSED: no server has room; NO_SERVERS or NO_ROTATION: the pool has not enough servers
     * @throws ValueError if the key is empty or too long, the value too long, or the time to live out of its range
     *
     * @example
     * $cache->set('greeting', 'hello', 60); // 2: the number of servers that stored it
     */
    public function set(#[\SensitiveParameter] string $key, #[\SensitiveParameter] string $data, int $ttl = 0): int
    {
    }

    /**
     * Deletes an entry.
     *
     * @param string $key the key, 1 to 254 bytes
     * @return bool whether there was one
     * @throws SharedanceConnectionException if no server of the key can be reached
     * @throws SharedanceTimeoutException if no server of the key answers in time. It may have deleted the entry
     * @throws SharedanceException NO_SERVERS or NO_ROTATION: the pool has not enough servers
     * @throws ValueError if the key is empty or too long
     *
     * @example
     * $cache->set('greeting', 'hello'); // 2
     * $cache->delete('greeting'); // true
     * $cache->delete('greeting'); // false
     */
    public function delete(#[\SensitiveParameter] string $key): bool
    {
    }

    /**
     * Asks whether there is an entry, without fetching it.
     *
     * @param string $key the key, 1 to 254 bytes
     * @return bool whether there is one
     * @throws SharedanceConnectionException if no server of the key can be reached
     * @throws SharedanceTimeoutException if no server of the key answers in time
     * @throws SharedanceUnprovenException if the only server that answers was away, and its copy may be out of date
     * @throws SharedanceUnsupportedException if a server of the key is classic
     * @throws SharedanceException NO_SERVERS or NO_ROTATION: the pool has not enough servers
     * @throws ValueError if the key is empty or too long
     *
     * @example
     * $cache->has('nothing'); // false
     */
    public function has(#[\SensitiveParameter] string $key): bool
    {
    }

    /**
     * Gives an entry a new time to live.
     *
     * @param string $key the key, 1 to 254 bytes
     * @param int $ttl seconds to live from now, from 1 second to ten years
     * @return bool whether there is such an entry
     * @throws SharedanceConnectionException if no server of the key can be reached
     * @throws SharedanceTimeoutException if no server of the key answers in time
     * @throws SharedanceUnprovenException if the only server that answers was away, and its copy may be out of date
     * @throws SharedanceUnsupportedException if a server of the key is classic
     * @throws SharedanceException NO_SERVERS or NO_ROTATION: the pool has not enough servers
     * @throws ValueError if the key is empty or too long, or the time to live out of its range
     *
     * @example
     * $cache->set('greeting', 'hello', 60); // 2
     * $cache->touch('greeting', 3600); // true
     * $cache->touch('nothing', 3600); // false
     */
    public function touch(#[\SensitiveParameter] string $key, int $ttl): bool
    {
    }

    /**
     * Stores an entry if there is none of this key.
     *
     * @param string $key the key, 1 to 254 bytes
     * @param string $data the value
     * @param int $ttl seconds to live from now, ten years at most. 0: as long as the server keeps entries
     * @return bool whether it was stored. PHP 8.5 warns if this is not used
     * @throws SharedanceConnectionException if no server of the key can be reached, or the server that decides about the change fails meanwhile
     * @throws SharedanceTimeoutException if no server of the key answers in time. It may have stored the entry
     * @throws SharedanceUnprovenException if the only server that answers was away, and its copy may be out of date
     * @throws SharedanceUnsupportedException if a server of the key is classic
     * @throws SharedanceException REFUSED: no server has room
     * @throws SharedanceException AMBIGUOUS: one name leads to two servers
     * @throws SharedanceException NO_SERVERS or NO_ROTATION: the pool has not enough servers
     * @throws ValueError if the key is empty or too long, the value too long, or the time to live out of its range
     *
     * @example
     * $first = $cache->add('report', 'in progress', 60); // true
     * $second = $cache->add('report', 'in progress', 60); // false: another request does it
     */
    #[\NoDiscard]
    public function add(#[\SensitiveParameter] string $key, #[\SensitiveParameter] string $data, int $ttl = 0): bool
    {
    }

    /**
     * Stores an entry if there is one of this key.
     *
     * @param string $key the key, 1 to 254 bytes
     * @param string $data the value
     * @param int $ttl seconds to live from now, ten years at most. 0: as long as the server keeps entries
     * @return bool whether it was stored. PHP 8.5 warns if this is not used
     * @throws SharedanceConnectionException if no server of the key can be reached, or the server that decides about the change fails meanwhile
     * @throws SharedanceTimeoutException if no server of the key answers in time. It may have stored the entry
     * @throws SharedanceUnprovenException if the only server that answers was away, and its copy may be out of date
     * @throws SharedanceUnsupportedException if a server of the key is classic
     * @throws SharedanceException REFUSED: no server has room
     * @throws SharedanceException AMBIGUOUS: one name leads to two servers
     * @throws SharedanceException NO_SERVERS or NO_ROTATION: the pool has not enough servers
     * @throws ValueError if the key is empty or too long, the value too long, or the time to live out of its range
     *
     * @example
     * $cache->set('report', 'in progress', 60); // 2
     * $done = $cache->replace('report', 'done', 3600); // true
     */
    #[\NoDiscard]
    public function replace(#[\SensitiveParameter] string $key, #[\SensitiveParameter] string $data, int $ttl = 0): bool
    {
    }

    /**
     * Adds to a number. The entry keeps its time to live.
     *
     * @param string $key the key, 1 to 254 bytes
     * @param int $by what to add, 0 or more
     * @return int|false the new number; false: there is no such entry
     * @throws SharedanceConnectionException if no server of the key can be reached, or the server that decides about the change fails meanwhile
     * @throws SharedanceTimeoutException if no server of the key answers in time. It may have changed the number
     * @throws SharedanceUnprovenException if the only server that answers was away, and its copy may be out of date
     * @throws SharedanceUnsupportedException if a server of the key is classic
     * @throws SharedanceException REFUSED: the value is no number, or no server has room
     * @throws SharedanceException NO_INTEGER: the new number is too large for PHP
     * @throws SharedanceException AMBIGUOUS: one name leads to two servers
     * @throws SharedanceException NO_SERVERS or NO_ROTATION: the pool has not enough servers
     * @throws ValueError if the key is empty or too long, or `$by` is negative
     *
     * @example
     * $cache->increment('visits'); // false: there is no such entry yet
     * $cache->set('visits', '41'); // 2
     * $cache->increment('visits'); // 42
     */
    public function increment(#[\SensitiveParameter] string $key, int $by = 1): int|false
    {
    }

    /**
     * Subtracts from a number, which does not fall below 0. The entry keeps its time to live.
     *
     * @param string $key the key, 1 to 254 bytes
     * @param int $by what to subtract, 0 or more
     * @return int|false the new number; false: there is no such entry
     * @throws SharedanceConnectionException if no server of the key can be reached, or the server that decides about the change fails meanwhile
     * @throws SharedanceTimeoutException if no server of the key answers in time. It may have changed the number
     * @throws SharedanceUnprovenException if the only server that answers was away, and its copy may be out of date
     * @throws SharedanceUnsupportedException if a server of the key is classic
     * @throws SharedanceException REFUSED: the value is no number, or no server has room
     * @throws SharedanceException NO_INTEGER: the new number is too large for PHP
     * @throws SharedanceException AMBIGUOUS: one name leads to two servers
     * @throws SharedanceException NO_SERVERS or NO_ROTATION: the pool has not enough servers
     * @throws ValueError if the key is empty or too long, or `$by` is negative
     *
     * @example
     * $cache->set('seats', '2'); // 2
     * $cache->decrement('seats'); // 1
     * $cache->decrement('seats', 5); // 0
     */
    public function decrement(#[\SensitiveParameter] string $key, int $by = 1): int|false
    {
    }

    /**
     * Reads an entry with its version, for cas().
     *
     * @param string $key the key, 1 to 254 bytes
     * @return array|null the value and its version; null: there is no such entry. On 32-bit PHP, whose integers are too
     *     small for a version, it is a string of digits
     * @phpstan-return array{string, int|string}|null
     * @throws SharedanceConnectionException if no server of the key can be reached
     * @throws SharedanceTimeoutException if no server of the key answers in time
     * @throws SharedanceUnprovenException if the only server that answers was away, and its copy may be out of date
     * @throws SharedanceUnsupportedException if a server of the key is classic
     * @throws SharedanceException NO_SERVERS or NO_ROTATION: the pool has not enough servers
     * @throws ValueError if the key is empty or too long
     *
     * @example
     * $cache->getWithVersion('nothing'); // null
     * $cache->set('basket', 'apple'); // 2
     * [$basket, $version] = $cache->getWithVersion('basket');
     * $basket; // 'apple'
     */
    public function getWithVersion(#[\SensitiveParameter] string $key): ?array
    {
    }

    /**
     * Stores an entry if it still has this version: compare and swap.
     *
     * @param string $key the key, 1 to 254 bytes
     * @param string $data the value
     * @param int|string $version the version that getWithVersion() returned
     * @param int $ttl seconds to live from now, ten years at most. 0: as long as the server keeps entries
     * @return bool whether it was stored; false: somebody else has changed the entry. PHP 8.5 warns if this is not used
     * @throws SharedanceConnectionException if no server of the key can be reached, or the server that decides about the change fails meanwhile
     * @throws SharedanceTimeoutException if no server of the key answers in time. It may have stored the entry
     * @throws SharedanceUnprovenException if the only server that answers was away, and its copy may be out of date
     * @throws SharedanceUnsupportedException if a server of the key is classic
     * @throws SharedanceException REFUSED: no server has room
     * @throws SharedanceException AMBIGUOUS: one name leads to two servers
     * @throws SharedanceException NO_SERVERS or NO_ROTATION: the pool has not enough servers
     * @throws ValueError if the key is empty or too long, the value too long, the version less than 1, or the time to
     *     live out of its range
     *
     * @example
     * $cache->set('basket', 'apple'); // 2
     * do {
     *     [$basket, $version] = $cache->getWithVersion('basket');
     * } while (!$cache->cas('basket', "$basket, pear", $version));
     * $cache->get('basket'); // 'apple, pear'
     */
    #[\NoDiscard]
    public function cas(#[\SensitiveParameter] string $key, #[\SensitiveParameter] string $data, int|string $version, int $ttl = 0): bool
    {
    }

    /**
     * Reads many entries. All servers are asked at the same time.
     *
     * @param array $keys the keys; integers are taken as text
     * @phpstan-param array<string|int> $keys
     * @return array the values of the entries that exist, by their keys
     * @phpstan-return array<string>
     * @throws SharedancePartialException if it failed for some of the keys
     * @throws SharedanceConnectionException if no server can be reached for any key
     * @throws SharedanceTimeoutException if no server answers in time for any key
     * @throws SharedanceUnprovenException if all copies that can be read may be out of date
     * @throws SharedanceException NO_SERVERS or NO_ROTATION: the pool has not enough servers
     * @throws ValueError if a key is empty or too long
     * @throws TypeError if a key is neither a string nor an integer
     *
     * @example
     * $cache->set('a', '1'); // 2
     * $cache->getMulti(['a', 'b']); // ['a' => '1']
     */
    public function getMulti(#[\SensitiveParameter] array $keys): array
    {
    }

    /**
     * Stores many entries. All servers are asked at the same time.
     *
     * @param array $items the values by their keys
     * @phpstan-param array<string> $items
     * @param int $ttl seconds to live from now, ten years at most. 0: as long as the server keeps entries
     * @return int how many were stored, on one server at least. PHP 8.5 warns if this is not used
     * @throws SharedancePartialException if it failed for some of the keys
     * @throws SharedanceConnectionException if no server can be reached for any key
     * @throws SharedanceTimeoutException if no server answers in time for any key. Entries may have been stored
     * @throws SharedanceUnsupportedException if `$ttl` is not 0 and the servers are classic
     * @throws SharedanceException REFUSED: no server has room; NO_SERVERS or NO_ROTATION: the pool has not enough servers
     * @throws ValueError if a key is empty or too long, a value too long, or the time to live out of its range
     * @throws TypeError if a value is no string
     *
     * @example
     * $stored = $cache->setMulti(['a' => '1', 'b' => '2'], 60); // 2: both entries
     */
    #[\NoDiscard]
    public function setMulti(#[\SensitiveParameter] array $items, int $ttl = 0): int
    {
    }

    /**
     * Deletes many entries. All servers are asked at the same time.
     *
     * @param array $keys the keys; integers are taken as text
     * @phpstan-param array<string|int> $keys
     * @return int how many there were
     * @throws SharedancePartialException if it failed for some of the keys
     * @throws SharedanceConnectionException if no server can be reached for any key
     * @throws SharedanceTimeoutException if no server answers in time for any key. Entries may have been deleted
     * @throws SharedanceException NO_SERVERS or NO_ROTATION: the pool has not enough servers
     * @throws ValueError if a key is empty or too long
     * @throws TypeError if a key is neither a string nor an integer
     *
     * @example
     * $cache->set('a', '1'); // 2
     * $cache->deleteMulti(['a', 'b']); // 1
     */
    public function deleteMulti(#[\SensitiveParameter] array $keys): int
    {
    }

    /**
     * Finds the first server of a key. No server is asked.
     *
     * @param string $key the key
     * @return SharedanceServer the server
     * @throws SharedanceException NO_SERVERS or NO_ROTATION: the pool has not enough servers
     *
     * @example
     * (string) $cache->getServer('greeting'); // '[10.0.0.2:1042]'
     */
    public function getServer(#[\SensitiveParameter] string $key): SharedanceServer
    {
    }

    /**
     * Finds the second server of a key. No server is asked.
     *
     * @param string $key the key
     * @return SharedanceServer|null the server; null: the pool has no redundancy
     * @throws SharedanceException NO_SERVERS or NO_ROTATION: the pool has not enough servers
     *
     * @example
     * (string) $cache->getReplica('greeting'); // '[10.0.0.1:1042]'
     */
    public function getReplica(#[\SensitiveParameter] string $key): ?SharedanceServer
    {
    }

    /**
     * Shows what is known about each server. No server is asked.
     *
          * A worker that has not asked a server yet shows what other workers know about it.
     *
     * | key | meaning |
     * |---|---|
     * | `host`, `port`, `weight` | the server, as it was added |
     * | `protocol` | `meta` or `classic`, as it was given or found out; null: not known yet |
     * | `version` | the version that the server told; null: not known yet |
     * | `state` | `alive`, `dead` or `unknown` |
     * | `since` | when that state began, in seconds since 1970; null if the state is unknown |
     * | `next_try` | when a dead server is tried again, in seconds since 1970; else null |
     * | `failures` | how often it has failed, for all workers of this user |
     * | `last_error` | the reason of the last failure; null: none |
     * | `connections` | how many this process keeps: one for sessions, one for everything else |
     * | `unproven` | how many entries the server has not compared with the other server's since it started, as it said when a worker last connected; null: not known |
     *
     * @return array an array for each server, in the order of the pool
     * @phpstan-return list<array{host: string, port: int, weight: int, protocol: 'meta'|'classic'|null, version: string|null, state: 'alive'|'dead'|'unknown', since: float|null, next_try: float|null, failures: int, last_error: string|null, connections: int, unproven: int|null}>
     *
     * @example
     * $cache->get('greeting'); // false
     * array_column($cache->getServers(), 'state'); // ['alive', 'alive']
     */
    public function getServers(): array
    {
    }

    /**
     * Shows what was counted about each server. No server is asked.
     *
     * | key | meaning |
     * |---|---|
     * | `operations` | requests, including those that failed, but not those that were skipped |
     * | `bytes_sent`, `bytes_received` | bytes that went to the server and came from it |
     * | `misses` | reads that found no entry |
     * | `failures` | requests without a usable answer |
     * | `failovers` | failures that did no harm, because the key's other server answered |
     * | `repairs` | older copies that were replaced |
     * | `timeouts` | waits that a deadline ended, including those for connecting |
     * | `connect_timeouts` | those of them that were for connecting |
     * | `skipped` | requests that were not sent because the server was marked dead |
     * | `latency` | how long round trips took: the keys are limits in microseconds, 16, 32, 64 and so on. Each round trip counts once, for the lowest limit that it did not exceed |
     *
     * @param int $scope Sharedance::STATS_ALL: the sums of all workers of this user, including those that have ended.
     *     Sharedance::STATS_PROCESS: what this process has counted since its first request to the server. After ten
     *     minutes without one it begins at zero
     * @phpstan-param Sharedance::STATS_* $scope
     * @return array an array for each server, by its address as addServers() takes it
     * @phpstan-return array<string, array{operations: int, bytes_sent: int, bytes_received: int, misses: int, failures: int, failovers: int, repairs: int, timeouts: int, connect_timeouts: int, skipped: int, latency: array<int, int>}>
     * @throws ValueError if the scope is none of these
     *
     * @example
     * $cache->get('nothing'); // false
     * $cache->getStats(Sharedance::STATS_PROCESS)['10.0.0.1:1042']['misses']; // 1
     */
    public function getStats(int $scope = Sharedance::STATS_ALL): array
    {
    }

    /**
     * Measures the round trip to each server. It throws nothing, and does not ask a server that is marked dead.
     *
     * @return array seconds by the server's address as addServers() takes it; null: it did not answer
     * @phpstan-return array<string, float|null>
     *
     * @example
     * array_keys($cache->ping()); // ['10.0.0.1:1042', '10.0.0.2:1042']
     */
    public function ping(): array
    {
    }
}

/**
 * A session handler that keeps sessions in any Sharedance object.
 *
 * It does the same as `session.save_handler = sharedance`, with the servers of the object. PHP calls its methods. A
 * script calls only the constructor, unless it wraps the handler in one of its own.
 *
 * @not-serializable
 * @strict-properties
 *
 * @example
 * session_set_save_handler(new SharedanceSession($cache), true);
 * session_start(); // true
 * $_SESSION['user'] = 'anna';
 * session_write_close(); // true
 */
class SharedanceSession implements SessionHandlerInterface, SessionIdInterface, SessionUpdateTimestampHandlerInterface
{
    /**
     * Makes a handler. The servers of the pool cannot be changed while a session is open.
     *
     * @param Sharedance $cache the pool that keeps the sessions
     *
     * @example
     * $handler = new SharedanceSession($cache);
     */
    public function __construct(Sharedance $cache)
    {
    }

    /**
     * Opens the handler. No server is asked.
     *
     * @param string $path not used: the servers are those of the pool
     * @param string $name not used: the session's name is not part of the key
     * @return bool true
     * @throws Error if a call on this handler is in progress
     *
     * @example
     * $handler = new SharedanceSession($cache);
     * $handler->open('', 'PHPSESSID'); // true
     */
    public function open(#[\SensitiveParameter] string $path, string $name): bool
    {
    }

    /**
     * Closes the handler, and unlocks its session if that is still locked.
     *
     * @return bool true
     * @throws Error if a call on this handler is in progress
     *
     * @example
     * $handler = new SharedanceSession($cache);
     * $handler->open('', 'PHPSESSID'); // true
     * $handler->close(); // true
     */
    public function close(): bool
    {
    }

    /**
     * Locks a session and reads it.
     *
     * @param string $id the session's id
     * @return string|false the session, `''` if there is none; false: it failed, and a warning says why
     * @throws Error if the handler is not open, or a call on it is in progress
     *
     * @example
     * $handler = new SharedanceSession($cache);
     * $handler->open('', 'PHPSESSID'); // true
     * $id = $handler->create_sid();
     * $handler->read($id); // ''
     * $handler->close(); // true
     */
    public function read(#[\SensitiveParameter] string $id): string|false
    {
    }

    /**
     * Stores a session for `session.gc_maxlifetime` seconds.
     *
     * @param string $id the session's id
     * @param string $data the session
     * @return bool whether it was stored; false: it was not, and a warning says why
     * @throws Error if the handler is not open, or a call on it is in progress
     *
     * @example
     * $handler = new SharedanceSession($cache);
     * $handler->open('', 'PHPSESSID'); // true
     * $id = $handler->create_sid();
     * $handler->read($id); // ''
     * $handler->write($id, 'user|s:4:"anna";'); // true
     * $handler->close(); // true
     */
    public function write(#[\SensitiveParameter] string $id, #[\SensitiveParameter] string $data): bool
    {
    }

    /**
     * Deletes a session.
     *
     * @param string $id the session's id
     * @return bool whether that succeeded; false: it failed, and a warning says why
     * @throws Error if the handler is not open, or a call on it is in progress
     *
     * @example
     * $handler = new SharedanceSession($cache);
     * $handler->open('', 'PHPSESSID'); // true
     * $handler->destroy($handler->create_sid()); // true
     * $handler->close(); // true
     */
    public function destroy(#[\SensitiveParameter] string $id): bool
    {
    }

    /**
     * Does nothing: the servers delete expired sessions themselves.
     *
     * @param int $max_lifetime not used
     * @return int|false 0
     *
     * @example
     * $handler = new SharedanceSession($cache);
     * $handler->gc(1440); // 0
     */
    public function gc(int $max_lifetime): int|false
    {
    }

    /**
     * Makes a new session id whose servers are up, if any are.
     *
     * @return string the id
     * @throws Error if a call on this handler is in progress
     *
     * @example
     * $handler = new SharedanceSession($cache);
     * $id = $handler->create_sid();
     */
    public function create_sid(): string
    {
    }

    /**
     * Says whether there is a session of this id, for `session.use_strict_mode`.
     *
     * @param string $id the session's id
                    * @return bool whether there is one. If no server answers: true, because otherwise PHP would give the visitor another
     *     id; but false, with a warning, if the session of another id is open
     * @throws Error if the handler is not open, or a call on it is in progress
     *
     * @example
     * $handler = new SharedanceSession($cache);
     * $handler->open('', 'PHPSESSID'); // true
     * $handler->validateId('unknown'); // false
     * $handler->close(); // true
     */
    public function validateId(#[\SensitiveParameter] string $id): bool
    {
    }

    /**
     * Starts the lifetime of an unchanged session again.
     *
     * @param string $id the session's id
     * @param string $data the session, as it was read
     * @return bool whether that succeeded; false: it failed, and a warning says why
     * @throws Error if the handler is not open, or a call on it is in progress
     *
     * @example
     * $handler = new SharedanceSession($cache);
     * $handler->open('', 'PHPSESSID'); // true
     * $id = $handler->create_sid();
     * $handler->read($id); // ''
     * $handler->write($id, 'user|s:4:"anna";'); // true
     * $handler->updateTimestamp($id, 'user|s:4:"anna";'); // true
     * $handler->close(); // true
     */
    public function updateTimestamp(#[\SensitiveParameter] string $id, #[\SensitiveParameter] string $data): bool
    {
    }
}
