--TEST--
phpinfo shows version protocols and settings
--EXTENSIONS--
sharedance
--FILE--
<?php
(new ReflectionExtension('sharedance'))->info();
echo phpversion('sharedance'), "\n";
?>
--EXPECTF--
sharedance

Sharedance support => enabled
Version => %d.%d.%s
Protocols => meta, classic

Dead marks => shared by all workers

Directive => Local Value => Master Value
sharedance.connect_timeout => 1.0 => 1.0
sharedance.timeout => 2.0 => 2.0
sharedance.retry_interval => 5.0 => 5.0
sharedance.max_idle => 60.0 => 60.0
sharedance.read_policy => newest => newest
sharedance.busy_poll => 50 => 50
sharedance.persistent => On => On
sharedance.session.redundancy => On => On
sharedance.session.locking => On => On
sharedance.session.lock_wait => 10 => 10
sharedance.session.lock_failure => fail => fail
sharedance.session.read_prolongs => Off => Off
sharedance.session.prefix => no value => no value
%d.%d.%s
