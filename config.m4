dnl What phpize makes configure of. The lists of files are written by scripts/generate.

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
    dnl PHP's own headers have parameters that they do not use;
    dnl on 32 bits gcc notes what another gcc would lay out differently
    SHAREDANCE_CFLAGS="$SHAREDANCE_CFLAGS -Wall -Wextra -Werror -Wno-unused-parameter -Wno-psabi"
  fi

  dnl Security releases in the middle of a branch brought it, so that no version tells. Nothing can
  dnl be compiled yet if the extension is built into PHP.
  AC_CACHE_CHECK([for zend_string_falloc], [php_cv_zend_string_falloc], [
    sharedance_header=$abs_srcdir/Zend/zend_string.h
    test -f "$sharedance_header" || sharedance_header=$phpincludedir/Zend/zend_string.h
    AS_IF([grep -q zend_string_falloc "$sharedance_header"],
      [php_cv_zend_string_falloc=yes], [php_cv_zend_string_falloc=no])
  ])
  AS_IF([test "$php_cv_zend_string_falloc" = yes],
    [AC_DEFINE([HAVE_ZEND_STRING_FALLOC], [1], [Whether PHP has fallible allocation of strings.])])

  dnl {{{ the sources and their folders
  SHAREDANCE_SOURCES="
    client/client.c
    client/error.c
    client/net/classic_request.c
    client/net/connection.c
    client/net/connection_clock.c
    client/net/connection_open.c
    client/net/connection_send.c
    client/net/dead_marks.c
    client/net/dial.c
    client/net/finding.c
    client/net/hybrid_clock.c
    client/net/identity.c
    client/net/mark_slots.c
    client/net/mark_text.c
    client/net/mark_word.c
    client/net/network.c
    client/net/node.c
    client/net/nodes.c
    client/net/pending.c
    client/net/platform.c
    client/net/proof.c
    client/net/resolver.c
    client/net/system.c
    client/net/system_lookup.c
    client/net/twins.c
    client/net/wait.c
    client/policy/change.c
    client/policy/change_locked.c
    client/policy/contest.c
    client/policy/greet.c
    client/policy/lock.c
    client/policy/lock_unheard.c
    client/policy/operation.c
    client/policy/ping.c
    client/policy/read.c
    client/policy/repair.c
    client/policy/resolve.c
    client/policy/session.c
    client/policy/session_again.c
    client/policy/session_lost.c
    client/policy/session_outage.c
    client/policy/session_write.c
    client/policy/write.c
    client/pool/modulo.c
    client/pool/pool.c
    client/pool/server.c
    client/pool/server_list.c
    client/transport/classic.c
    client/transport/greeting.c
    client/transport/meta.c
    client/transport/printable.c
    client/transport/request.c
    php/Sharedance.c
    php/SharedanceServer.c
    php/SharedanceSession.c
    php/Sharedance_entry.c
    php/Sharedance_multi.c
    php/error.c
    php/info.c
    php/open_session.c
    php/runtime.c
    php/session_calls.c
    php/session_list.c
    php/session_states.c
    php/settings.c
    php/user_transport.c
    php/value.c
    session_handler.c
    sharedance.c
    wire/busy_poll.c
    wire/classic.c
    wire/encoding.c
    wire/meta_client.c
    wire/status.c"
  SHAREDANCE_FOLDERS="client client/net client/policy client/pool client/transport php wire"
  dnl }}}

  dnl A thread that looks a name up may outlive PHP's use of the library: it must not be unloaded.
  if test "$ext_shared" = "yes"; then
    AC_CACHE_CHECK([for -z nodelete], [php_cv_ld_nodelete], [
      sharedance_ldflags=$LDFLAGS
      LDFLAGS="$LDFLAGS -Wl,-z,nodelete"
      AC_LINK_IFELSE([AC_LANG_PROGRAM()], [php_cv_ld_nodelete=yes], [php_cv_ld_nodelete=no])
      LDFLAGS=$sharedance_ldflags
    ])
    SHAREDANCE_SHARED_LIBADD="-pthread"
    AS_IF([test "$php_cv_ld_nodelete" = "yes"],
      [SHAREDANCE_SHARED_LIBADD="$SHAREDANCE_SHARED_LIBADD -Wl,-z,nodelete"])
    PHP_SUBST([SHAREDANCE_SHARED_LIBADD])
  fi
  PHP_ADD_EXTENSION_DEP([sharedance], [session])
  PHP_NEW_EXTENSION([sharedance], [$SHAREDANCE_SOURCES], [$ext_shared],, [$SHAREDANCE_CFLAGS])
  dnl it has set ext_builddir
  for sharedance_folder in $SHAREDANCE_FOLDERS; do
    PHP_ADD_BUILD_DIR([$ext_builddir/$sharedance_folder])
  done
  PHP_ADD_MAKEFILE_FRAGMENT
fi
