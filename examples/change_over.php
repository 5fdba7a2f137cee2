<?php
/*
 * Changes a site over to Sharedance, and keeps the sessions that are open. php.ini has the new handler already; this
 * file is loaded in front of each script:
 *
 *   session.save_handler = sharedance
 *   session.save_path = "10.0.0.1:1042, 10.0.0.2:1042"
 *   auto_prepend_file = /usr/local/share/change_over.php
 *
 * A session that the new handler does not have is read from the old one. It is written to the new one when the request
 * ends, and then deleted from the old one, so a visitor who logs out stays logged out. A page with read_and_close
 * reads it where it is. After session.gc_maxlifetime seconds no session is left in the old place: remove the line.
 */

final class ChangeOver extends SessionHandler
{
    /**
     * @param Closure(string): (string|false) $read   returns the old session of an id, false if there is none
     * @param Closure(string): mixed          $delete deletes it
     */
    public function __construct(private Closure $read, private Closure $delete)
    {
    }

    /* Strict mode, the default from PHP 8.6 on, asks this: an id that is known in the old place is nobody's invention.
     * Before 8.6 SessionHandler has no such method, PHP asks nobody, and any id is taken. */
    public function validateId(string $id): bool
    {
        return !method_exists(parent::class, 'validateId') || parent::validateId($id) || ($this->read)($id) !== false;
    }

    /* false means that no server answers: then nobody is given an old session */
    public function read(string $id): string|false
    {
        $session = parent::read($id);
        return $session === '' ? (string) ($this->read)($id) : $session;
    }

    public function write(string $id, string $session): bool
    {
        $written = parent::write($id, $session);
        if ($written) {
            ($this->delete)($id);
        }
        return $written;
    }

    public function destroy(string $id): bool
    {
        $destroyed = parent::destroy($id);
        if ($destroyed) {
            ($this->delete)($id);
        }
        return $destroyed;
    }
}

/* Where the sessions were: one of "files", "memcached" and "redis", with its directory or its address. */
[$handler, $place] = [getenv('OLD_HANDLER') ?: 'files', getenv('OLD_PLACE') ?: '/var/lib/php/sessions'];

switch ($handler) {
    case 'files':
        $read = fn (string $id) => @file_get_contents("$place/sess_$id");
        $delete = fn (string $id) => @unlink("$place/sess_$id");
        break;
    case 'memcached':
        $memcached = new Memcached();
        $memcached->addServer(...explode(':', $place));
        $read = fn (string $id) => $memcached->get("memc.sess.key.$id"); /* memcached.sess_prefix */
        $delete = fn (string $id) => $memcached->delete("memc.sess.key.$id");
        break;
    case 'redis':
        $redis = new Redis();
        $redis->connect(...explode(':', $place));
        $read = fn (string $id) => $redis->get("PHPREDIS_SESSION:$id"); /* the parameter prefix of its save_path */
        $delete = fn (string $id) => $redis->del("PHPREDIS_SESSION:$id");
        break;
}
session_set_save_handler(new ChangeOver($read, $delete), true);
unset($handler, $place, $read, $delete, $memcached, $redis);
