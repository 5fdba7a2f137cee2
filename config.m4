dnl What phpize makes configure of. The same sources are listed in config.w32 and package.xml.

PHP_ARG_ENABLE([sharedance],
  [whether to enable Sharedance support],
  [AS_HELP_STRING([--enable-sharedance], [Enable Sharedance support])],
  [yes])

PHP_ARG_ENABLE([sharedance-dev],
  [whether to treat warnings as errors],
  [AS_HELP_STRING([--enable-sharedance-dev], [Sharedance: warnings are errors; for its developers])],
  [no],
  [no])

if test "$PHP_SHAREDANCE" != "no"; then
  dnl Only get_module is exported: php loads many extensions into one process.
  SHAREDANCE_CFLAGS="-fvisibility=hidden -I@ext_srcdir@ -DZEND_ENABLE_STATIC_TSRMLS_CACHE=1"

  if test "$PHP_SHAREDANCE_DEV" != "no"; then
    dnl PHP's own headers have parameters that they do not use
    SHAREDANCE_CFLAGS="$SHAREDANCE_CFLAGS -Wall -Wextra -Werror -Wno-unused-parameter"
  fi

  PHP_NEW_EXTENSION([sharedance],
    [session_handler.c sharedance.c dnl
     php/Sharedance.c php/SharedanceServer.c php/SharedanceSession.c php/error.c php/info.c dnl
     php/open_session.c php/value.c dnl
     client/client.c client/error.c client/net/classic_request.c client/net/connection.c dnl
     client/net/dead_marks.c client/net/dial.c client/net/network.c client/net/node.c dnl
     client/net/system.c client/policy/lock.c client/policy/operation.c client/policy/session.c dnl
     client/pool/modulo.c client/pool/server.c client/pool/server_list.c dnl
     client/transport/classic.c dnl
     wire/busy_poll.c wire/classic.c wire/meta_client.c wire/meta_server.c wire/status.c],
    [$ext_shared],,
    [$SHAREDANCE_CFLAGS])
  PHP_ADD_BUILD_DIR([$ext_builddir/client])
  PHP_ADD_BUILD_DIR([$ext_builddir/client/net])
  PHP_ADD_BUILD_DIR([$ext_builddir/client/policy])
  PHP_ADD_BUILD_DIR([$ext_builddir/client/pool])
  PHP_ADD_BUILD_DIR([$ext_builddir/client/transport])
  PHP_ADD_BUILD_DIR([$ext_builddir/php])
  PHP_ADD_BUILD_DIR([$ext_builddir/wire])
  PHP_ADD_MAKEFILE_FRAGMENT
fi
