--TEST--
servers behind socat: those that are away fail, and the other one goes on
--EXTENSIONS--
sharedance
posix
--SKIPIF--
<?php
require __DIR__ . '/proxy.inc';
skip_unless_sharedanced();
$reason = lacks_proxy('socat');
ob_end_clean();
if ($reason !== null) {
    die("skip $reason");
}
?>
--FILE--
<?php
require __DIR__ . '/proxy.inc';

cases('socat');
?>
--EXPECT--
filled
of two, the first away
  10 of 10: get "value", session {"user":"anna"}
back: get "value", session {"user":"anna"}
of two, the second away
  10 of 10: get "value", session {"user":"anna"}
back: get "value", session {"user":"anna"}
of two, both away
  100 of 100: get fails, session does not start
one, away
  100 of 100: get fails, session does not start
away as a session begins, back as it ends: did not start
  stored: user|s:4:"anna";
back: get "value", session {"user":"anna"}
