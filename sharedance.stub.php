<?php

/**
 * @generate-class-entries
 * @generate-legacy-arginfo 80200
 */

class SharedanceException extends RuntimeException
{
    /** @cvalue PHP_SHAREDANCE_REFUSED */
    public const int REFUSED = UNKNOWN;

    /** @cvalue PHP_SHAREDANCE_BAD_ANSWER */
    public const int BAD_ANSWER = UNKNOWN;

    /** @cvalue PHP_SHAREDANCE_CLOSED */
    public const int CLOSED = UNKNOWN;

    /** @cvalue PHP_SHAREDANCE_TIMEOUT */
    public const int TIMEOUT = UNKNOWN;

    /** @cvalue PHP_SHAREDANCE_UNREACHABLE */
    public const int UNREACHABLE = UNKNOWN;

    /** @cvalue PHP_SHAREDANCE_DEAD */
    public const int DEAD = UNKNOWN;

    /** @cvalue PHP_SHAREDANCE_UNSUPPORTED */
    public const int UNSUPPORTED = UNKNOWN;

    /** @cvalue PHP_SHAREDANCE_NO_SERVERS */
    public const int NO_SERVERS = UNKNOWN;

    /** @cvalue PHP_SHAREDANCE_NO_ROTATION */
    public const int NO_ROTATION = UNKNOWN;

    /** @cvalue PHP_SHAREDANCE_NO_MEMORY */
    public const int NO_MEMORY = UNKNOWN;

    /** @cvalue PHP_SHAREDANCE_UNPROVEN */
    public const int UNPROVEN = UNKNOWN;

    /** @cvalue PHP_SHAREDANCE_AMBIGUOUS */
    public const int AMBIGUOUS = UNKNOWN;

    /** @cvalue PHP_SHAREDANCE_NO_INTEGER */
    public const int NO_INTEGER = UNKNOWN;
}

/** A server cannot be reached, or does not speak as its protocol says. */
class SharedanceConnectionException extends SharedanceException
{
    private ?string $server = null;

    /** The server, as addServers() takes it; of two, the first that failed. */
    public function getServer(): ?string
    {
    }
}

/** No answer came in time. A write may have been done. */
class SharedanceTimeoutException extends SharedanceException
{
}

/** The server's protocol has no such thing; it is no use to try again. */
class SharedanceUnsupportedException extends SharedanceException
{
}

/** The only server that can be asked was away, and what it has may be old. */
class SharedanceUnprovenException extends SharedanceException
{
}

/** An operation on many keys failed for some of them, and was done for the others. */
class SharedancePartialException extends SharedanceException
{
    /** The values that were found, or the number of entries that were stored or deleted. */
    public readonly array|int $partial;

    /** The keys that failed. */
    public readonly array $failed;
}

/**
 * @not-serializable
 * @strict-properties
 */
class SharedanceServer implements Stringable
{
    /** @cvalue SD_DEFAULT_PORT */
    public const int DEFAULT_PORT = UNKNOWN;

    /** @cvalue SD_DEFAULT_TIMEOUT */
    public const float DEFAULT_TIMEOUT = UNKNOWN;

    /** @cvalue SD_DEFAULT_WEIGHT */
    public const int DEFAULT_WEIGHT = UNKNOWN;

    public readonly string $host;
    public readonly int $port;
    public readonly float $timeout;
    public readonly int $weight;
    public readonly ?string $protocol;

    public function __construct(
        #[\SensitiveParameter] string $host,
        int $port = SharedanceServer::DEFAULT_PORT,
        float $timeout = SharedanceServer::DEFAULT_TIMEOUT,
        int $weight = SharedanceServer::DEFAULT_WEIGHT,
        ?string $protocol = null
    ) {
    }

    /** @tentative-return-type */
    public function send(#[\SensitiveParameter] string $command): string
    {
    }

    public function close(): void
    {
    }

    public function __toString(): string
    {
    }
}

/**
 * @not-serializable
 * @strict-properties
 */
class Sharedance
{
    public const int ROTATE_FORWARDS = 1;

    public const int ROTATE_BACKWARDS = 2;

    /** Of getStats(): what all workers of this user have counted. */
    public const int STATS_ALL = 1;

    /** What this process has. */
    public const int STATS_PROCESS = 2;

    public function __construct(bool $redundancy = false)
    {
    }

    public function addServer(SharedanceServer $server): void
    {
    }

    public function addServers(#[\SensitiveParameter] string $list): void
    {
    }

    public function connect(SharedanceServer $server): void
    {
    }

    public function close(): void
    {
    }

    public function get(#[\SensitiveParameter] string $key, #[\SensitiveParameter] mixed $default = false): mixed
    {
    }

    public function set(#[\SensitiveParameter] string $key, #[\SensitiveParameter] string $data, int $ttl = 0): int
    {
    }

    public function delete(#[\SensitiveParameter] string $key): bool
    {
    }

    public function has(#[\SensitiveParameter] string $key): bool
    {
    }

    public function touch(#[\SensitiveParameter] string $key, int $ttl): bool
    {
    }

    #[\NoDiscard]
    public function add(#[\SensitiveParameter] string $key, #[\SensitiveParameter] string $data, int $ttl = 0): bool
    {
    }

    #[\NoDiscard]
    public function replace(#[\SensitiveParameter] string $key, #[\SensitiveParameter] string $data, int $ttl = 0): bool
    {
    }

    public function increment(#[\SensitiveParameter] string $key, int $by = 1): int|false
    {
    }

    public function decrement(#[\SensitiveParameter] string $key, int $by = 1): int|false
    {
    }

    /**
     * @return array{string, int|string}|null the value and its version; a version that is too large for an integer
     * of PHP, as where these have 32 bits, is a string of digits
     */
    public function getWithVersion(#[\SensitiveParameter] string $key): ?array
    {
    }

    #[\NoDiscard]
    public function cas(#[\SensitiveParameter] string $key, #[\SensitiveParameter] string $data, int|string $version, int $ttl = 0): bool
    {
    }

    public function getMulti(#[\SensitiveParameter] array $keys): array
    {
    }

    #[\NoDiscard]
    public function setMulti(#[\SensitiveParameter] array $items, int $ttl = 0): int
    {
    }

    public function deleteMulti(#[\SensitiveParameter] array $keys): int
    {
    }

    public function getServer(#[\SensitiveParameter] string $key): SharedanceServer
    {
    }

    public function getReplica(#[\SensitiveParameter] string $key): ?SharedanceServer
    {
    }

    public function getServers(): array
    {
    }

    public function getStats(int $scope = Sharedance::STATS_ALL): array
    {
    }

    public function ping(): array
    {
    }
}

/**
 * @not-serializable
 * @strict-properties
 */
class SharedanceSession implements SessionHandlerInterface, SessionIdInterface, SessionUpdateTimestampHandlerInterface
{
    public function __construct(Sharedance $cache)
    {
    }

    public function open(#[\SensitiveParameter] string $path, string $name): bool
    {
    }

    public function close(): bool
    {
    }

    public function read(#[\SensitiveParameter] string $id): string|false
    {
    }

    public function write(#[\SensitiveParameter] string $id, #[\SensitiveParameter] string $data): bool
    {
    }

    public function destroy(#[\SensitiveParameter] string $id): bool
    {
    }

    public function gc(int $max_lifetime): int|false
    {
    }

    public function create_sid(): string
    {
    }

    public function validateId(#[\SensitiveParameter] string $id): bool
    {
    }

    public function updateTimestamp(#[\SensitiveParameter] string $id, #[\SensitiveParameter] string $data): bool
    {
    }
}
