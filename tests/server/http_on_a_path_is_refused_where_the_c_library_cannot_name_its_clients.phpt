--TEST--
HTTP on a path is refused where the C library cannot name its clients, as musl cannot: libevent would end the server
--SKIPIF--
<?php
require_once __DIR__ . '/server.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$library = scratch() . '/nameless.so';
file_put_contents("$library.c", "#include <netdb.h>\nint getnameinfo(const struct sockaddr *a, socklen_t l, char *h, socklen_t hl,"
    . " char *s, socklen_t sl, int f) { (void)a; (void)l; (void)h; (void)hl; (void)s; (void)sl; (void)f; return EAI_FAMILY; }\n");
exec('cc -shared -fPIC -o ' . escapeshellarg($library) . ' ' . escapeshellarg("$library.c"), $output, $status);
start_by('exec env LD_PRELOAD=' . escapeshellarg($library) . ' "$@"');
report_refusal(['--directory=' . scratch() . '/refused', '--port=0', ...(is_root() ? ['--uid=root'] : []), '--http=unix:' . scratch() . '/http']);
?>
--EXPECT--
refused: [ERROR] HTTP cannot be answered on a unix socket with this system's C library: give an address and port to --http
