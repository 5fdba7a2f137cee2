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
Protocols => classic

Directive => Local Value => Master Value
sharedance.connect_timeout => 1.0 => 1.0
%d.%d.%s
