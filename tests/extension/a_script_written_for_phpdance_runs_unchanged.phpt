--TEST--
a script written for phpdance runs unchanged
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/../helper.inc';

[$one, $two, $three] = array_map(fn ($server) => $server->port, servers(3));

/* in PHPDance's manner */
$server = new SharedanceServer( '127.0.0.1', $one );
echo preg_replace('/\d+\]/', 'PORT]', $server), "\n";
var_dump( $server->host, $server->port === $one, $server->weight, $server->timeout == 10 );

$cache = new Sharedance( true );
$cache->addServer( $server );
$cache->addServer( new SharedanceServer( '127.0.0.1', $two, SharedanceServer::DEFAULT_TIMEOUT, 2 ) );
$cache->addServer( new SharedanceServer( '127.0.0.1', $three ) );
for( $i = 0; $i < 10; $i++ ) {
    $cache->set( md5( $i ), 'value ' . $i );
}
for( $i = 0; $i < 10; $i++ ) {
    if( $cache->get( md5( $i ) ) != 'value ' . $i ) {
        echo "wrong $i\n";
    }
}
if( $cache->get( 'nothing' ) === false ) {
    echo "a miss is false\n";
}
$cache->delete( md5( 1 ) );
try {
    $cache->delete( md5( 1 ) );     // threw in PHPDance
    echo "deleted twice\n";
} catch( SharedanceException $e ) {
    echo $e->getMessage();
}

/* the server class by itself, more than once: worked once in PHPDance */
echo $server->send( 'S' . pack( 'NN', 1, 1 ) . 'kv' );
echo $server->send( 'F' . pack( 'N', 1 ) . 'k' ), "\n";

$cache->connect( $server );
var_dump( Sharedance::ROTATE_FORWARDS, Sharedance::ROTATE_BACKWARDS );
$cache->close();                    // always threw in PHPDance
try {
    $cache->get( 'k' );
} catch( Exception $e ) {
    echo get_class( $e ), ' ', $e->getMessage(), "\n";
}
try {
    $server->send( 'F' . pack( 'N', 1 ) . 'k' );
} catch( SharedanceException $e ) {
    echo normalize( $e->getMessage() ), "\n";
}
?>
--EXPECT--
[127.0.0.1:PORT]
string(9) "127.0.0.1"
bool(true)
int(1)
bool(true)
a miss is false
deleted twice
OK
v
int(1)
int(2)
SharedanceException No Servers Registered
Failed to connect on [127.0.0.1:PORT] "the server object is closed"
