--TEST--
a save path that cannot be read fails with the offset
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/session.inc';

use_servers([new TestServer()]);
foreach (['', 'tcp://web1:1042,', 'tcp://web1:1042, tcp://web2:99999', 'web1?weight=0', 'web1?persistent=1', 'web1:1042, web1:1042', '/tmp', 'unix:relative'] as $path) {
    ini_set('session.save_path', $path);
    var_dump(start('id'));
}
?>
--EXPECT--
Warning: session_start(): session.save_path must be a list of servers: it is empty. As session.save_path, this looks like a path of the files handler. It ends at offset 0
Warning: session_start(): Failed to initialize storage module: sharedance (path: )
bool(false)
Warning: session_start(): session.save_path must be a list of servers: no server follows the last comma: ',' found at offset 15
Warning: session_start(): Failed to initialize storage module: sharedance (path: tcp://web1:1042,)
bool(false)
Warning: session_start(): session.save_path must be a list of servers: the port must be between 1 and 65535, 99999 given at offset 28
Warning: session_start(): Failed to initialize storage module: sharedance (path: tcp://web1:1042, tcp://web2:99999)
bool(false)
Warning: session_start(): session.save_path must be a list of servers: the weight must be between 1 and 65535, 0 given at offset 12
Warning: session_start(): Failed to initialize storage module: sharedance (path: web1?weight=0)
bool(false)
Warning: session_start(): session.save_path must be a list of servers: use the setting sharedance.persistent: persistent= found at offset 5
Warning: session_start(): Failed to initialize storage module: sharedance (path: web1?persistent=1)
bool(false)
Warning: session_start(): session.save_path must be a list of servers: [web1:PORT] is there twice, again at offset 11
Warning: session_start(): Failed to initialize storage module: sharedance (path: web1:1042, web1:1042)
bool(false)
Warning: session_start(): session.save_path must be a list of servers: this looks like a path of the files handler: a path found at offset 0
Warning: session_start(): Failed to initialize storage module: sharedance (path: /tmp)
bool(false)
Warning: session_start(): session.save_path must be a list of servers: the host must be an absolute path after unix: at offset 0
Warning: session_start(): Failed to initialize storage module: sharedance (path: unix:relative)
bool(false)
