<?php

/**
 * @generate-class-entries
 */

class SharedanceException extends RuntimeException
{
    /** What getMulti(), setMulti() or deleteMulti() had achieved when it failed for some keys. */
    public mixed $partial = null;
}

/**
 * @not-serializable
 */
class SharedanceServer implements Stringable
{
    /**
     * @var int
     * @cvalue SD_DEFAULT_PORT
     */
    public const DEFAULT_PORT = UNKNOWN;

    /**
     * @var int
     * @cvalue SD_DEFAULT_TIMEOUT
     */
    public const DEFAULT_TIMEOUT = UNKNOWN;

    /**
     * @var int
     * @cvalue SD_DEFAULT_WEIGHT
     */
    public const DEFAULT_WEIGHT = UNKNOWN;

    public readonly string $host;
    public readonly int $port;
    public readonly float $timeout;
    public readonly int $weight;
    public readonly ?string $protocol;

    public function __construct(
        string $host,
        int $port = SharedanceServer::DEFAULT_PORT,
        float $timeout = SharedanceServer::DEFAULT_TIMEOUT,
        int $weight = SharedanceServer::DEFAULT_WEIGHT,
        ?string $protocol = null
    ) {
    }

    /** @tentative-return-type */
    public function send(string $command): string
    {
    }

    /** @tentative-return-type */
    public function close(): void
    {
    }

    public function __toString(): string
    {
    }
}

/**
 * @not-serializable
 */
class Sharedance
{
    /**
     * @var int
     */
    public const ROTATE_FORWARDS = 1;

    /**
     * @var int
     */
    public const ROTATE_BACKWARDS = 2;

    public function __construct(bool $redundancy = false)
    {
    }

    /** @tentative-return-type */
    public function addServer(SharedanceServer $server): void
    {
    }

    /** @tentative-return-type */
    public function addServers(string $list): void
    {
    }

    /** @tentative-return-type */
    public function connect(SharedanceServer $server): void
    {
    }

    /** @tentative-return-type */
    public function close(): void
    {
    }

    /** @tentative-return-type */
    public function get(string $key, mixed $default = false): mixed
    {
    }

    /** @tentative-return-type */
    public function set(string $key, string $data, int $ttl = 0): int
    {
    }

    /** @tentative-return-type */
    public function delete(string $key): bool
    {
    }

    /** @tentative-return-type */
    public function has(string $key): bool
    {
    }

    /** @tentative-return-type */
    public function touch(string $key, int $ttl): bool
    {
    }

    /** @tentative-return-type */
    public function add(string $key, string $data, int $ttl = 0): bool
    {
    }

    /** @tentative-return-type */
    public function replace(string $key, string $data, int $ttl = 0): bool
    {
    }

    /** @tentative-return-type */
    public function increment(string $key, int $by = 1): int|false
    {
    }

    /** @tentative-return-type */
    public function decrement(string $key, int $by = 1): int|false
    {
    }

    /** @tentative-return-type */
    public function getWithVersion(string $key): ?array
    {
    }

    /** @tentative-return-type */
    public function cas(string $key, string $data, int $version, int $ttl = 0): bool
    {
    }

    /** @tentative-return-type */
    public function getMulti(array $keys): array
    {
    }

    /** @tentative-return-type */
    public function setMulti(array $items, int $ttl = 0): int
    {
    }

    /** @tentative-return-type */
    public function deleteMulti(array $keys): int
    {
    }

    /** @tentative-return-type */
    public function getServer(string $key): SharedanceServer
    {
    }

    /** @tentative-return-type */
    public function getReplica(string $key): ?SharedanceServer
    {
    }

    /** @tentative-return-type */
    public function getServers(): array
    {
    }

    /** @tentative-return-type */
    public function getStats(): array
    {
    }
}

/**
 * @not-serializable
 */
class SharedanceSession implements SessionHandlerInterface, SessionIdInterface, SessionUpdateTimestampHandlerInterface
{
    public function __construct(Sharedance $cache)
    {
    }

    /** @tentative-return-type */
    public function open(string $path, string $name): bool
    {
    }

    /** @tentative-return-type */
    public function close(): bool
    {
    }

    /** @tentative-return-type */
    public function read(string $id): string|false
    {
    }

    /** @tentative-return-type */
    public function write(string $id, string $data): bool
    {
    }

    /** @tentative-return-type */
    public function destroy(string $id): bool
    {
    }

    /** @tentative-return-type */
    public function gc(int $max_lifetime): int|false
    {
    }

    /** @tentative-return-type */
    public function create_sid(): string
    {
    }

    /** @tentative-return-type */
    public function validateId(string $id): bool
    {
    }

    /** @tentative-return-type */
    public function updateTimestamp(string $id, string $data): bool
    {
    }
}
