--TEST--
a list of servers is read strictly
--EXTENSIONS--
sharedance
--FILE--
<?php
require __DIR__ . '/../helper.inc';

function listed(Sharedance $cache): array
{
    preg_match_all('/\[(?:host|port|timeout|weight|protocol)\] => (.*)/', print_r($cache, true), $found);
    return array_map(fn ($parts) => rtrim(implode(' ', $parts)), array_chunk($found[1], 5));
}

$cache = new Sharedance();
$cache->addServers("tcp://web1:1043?weight=2&timeout=2.5, web2:1042:3 ,[::1]:1042,\n\tunix:///run/s%2C.sock?weight=4, web3,a?protocol=meta,b?protocol=memcached&weight=2,c?weight=2&protocol=classic");
echo implode("\n", listed($cache)), "\n";

$bad = [
    '', ' ', ',', 'a,', ',a', 'a,,b', 'a b', 'a;b', 'http://a', 'tcp://', 'tcp:/a', 'a:', 'a:x', 'a:0',
    'a:65536', 'a:1:0', 'a:1:-1', 'a:1:', 'a:1:2:3', '[::1', '::1', '[]', '[::1]x', 'a?', 'a?weight',
    'a?weight=', 'a?weight=0', 'a?weight=x', 'a?weight=1&', 'a?weight=1&weight=2', 'a:1:2?weight=2',
    'a?timeout=0', 'a?timeout=-1', 'a?timeout=nan', 'a?timeout=1e3', 'a?timeout=.5', 'a?persistent=1',
    'a?Weight=1', 'a?protocol=', 'a?protocol=Meta', 'a?protocol=tls', 'a?protocol=meta&protocol=meta', 'unix:', 'unix://relative', 'unix:///p%zz', 'unix:///a b', 'a, A', 'a:1,b:1,a:1:5',
    'unix:/a,unix:///a', 'unix:/a,unix:%2fa', 'user@a',
    /* what other handlers take, and how it is mistyped */
    '/var/lib/php/sessions', '5;/tmp', '2;0600;/tmp', '/run/s.sock', '/var/run/s.sock', '/tmp/s.sock', 'web1:1042;web2:1042',
    'web1:1042 web2:1042', 'web1:1042,', 'tls://web1', 'rediss://web1', 'PERSISTENT=p web1:11211', 'tcp://a:6379?auth=hunter2',
    'tcp://a:6379?auth[]=u&auth[]=hunter2', 'a?database=2', 'a?prefix=P:', 'a?persistent_id=p', 'a?read_timeout=1', 'a?retry_interval=1', 'a?x=1',
    "a\x07", "a\0", 'a:99999999999999999999', 'ä',
];
foreach ($bad as $list) {
    try {
        $cache->addServers($list);
        echo "taken: $list\n";
    } catch (ValueError $error) {
        printf("%-22s %s\n", addcslashes($list, "\0..\37\177..\377"), substr($error->getMessage(), 46));
    }
}

/* whole or not at all */
report(fn () => $cache->addServers('new:1, web2:1042'));
echo count(listed($cache)), " servers\n";
?>
--EXPECT--
web1 1043 2.5 2
web2 1042 10 3
::1 1042 10 1
unix:/run/s,.sock 0 10 4
web3 1042 10 1
a 1042 10 1 meta
b 1042 10 2 meta
c 1042 10 2 classic
                       must be a list of servers: it is empty. As session.save_path, this looks like a path of the files handler. It ends at offset 0
                       must be a list of servers: it is empty. As session.save_path, this looks like a path of the files handler. It ends at offset 1
,                      must be a list of servers: expected a host, ',' found at offset 0
a,                     must be a list of servers: no server follows the last comma: ',' found at offset 1
,a                     must be a list of servers: expected a host, ',' found at offset 0
a,,b                   must be a list of servers: expected a host, ',' found at offset 2
a b                    must be a list of servers: separate servers by commas, not by spaces: 'b' found at offset 2
a;b                    must be a list of servers: separate servers by commas: ';' found at offset 1
http://a               must be a list of servers: expected a port, '/' found at offset 5
tcp://                 must be a list of servers: expected a host, but it ends at offset 6
tcp:/a                 must be a list of servers: expected a port, '/' found at offset 4
a:                     must be a list of servers: expected a port, but it ends at offset 2
a:x                    must be a list of servers: expected a port, 'x' found at offset 2
a:0                    must be a list of servers: the port must be between 1 and 65535, 0 given at offset 2
a:65536                must be a list of servers: the port must be between 1 and 65535, 65536 given at offset 2
a:1:0                  must be a list of servers: the weight must be between 1 and 65535, 0 given at offset 4
a:1:-1                 must be a list of servers: the weight must be between 1 and 65535, -1 given at offset 4
a:1:                   must be a list of servers: expected a weight, but it ends at offset 4
a:1:2:3                must be a list of servers: expected ',' or the end, ':' found at offset 5
[::1                   must be a list of servers: expected a host, '[' found at offset 0
::1                    must be a list of servers: expected a host, ':' found at offset 0
[]                     must be a list of servers: expected a host, '[' found at offset 0
[::1]x                 must be a list of servers: expected ',' or the end, 'x' found at offset 5
a?                     must be a list of servers: expected a parameter, but it ends at offset 2
a?weight               must be a list of servers: expected '=', but it ends at offset 8
a?weight=              must be a list of servers: expected a weight, but it ends at offset 9
a?weight=0             must be a list of servers: the weight must be between 1 and 65535, 0 given at offset 9
a?weight=x             must be a list of servers: expected a weight, 'x' found at offset 9
a?weight=1&            must be a list of servers: expected a parameter, but it ends at offset 11
a?weight=1&weight=2    must be a list of servers: second weight of one server at offset 11
a:1:2?weight=2         must be a list of servers: second weight of one server at offset 6
a?timeout=0            must be a list of servers: the timeout must be greater than 0 and at most 1000000 seconds at offset 10
a?timeout=-1           must be a list of servers: the timeout must be greater than 0 and at most 1000000 seconds at offset 10
a?timeout=nan          must be a list of servers: expected a timeout in seconds, 'n' found at offset 10
a?timeout=1e3          must be a list of servers: expected ',' or the end, 'e' found at offset 11
a?timeout=.5           must be a list of servers: expected a timeout in seconds, '.' found at offset 10
a?persistent=1         must be a list of servers: use the setting sharedance.persistent: persistent= found at offset 2
a?Weight=1             must be a list of servers: unknown parameter 'Weight' at offset 2
a?protocol=            must be a list of servers: expected a protocol, but it ends at offset 11
a?protocol=Meta        must be a list of servers: the protocol must be meta, memcached or classic at offset 11
a?protocol=tls         must be a list of servers: the protocol must be meta, memcached or classic at offset 11
a?protocol=meta&protocol=meta must be a list of servers: second protocol of one server at offset 16
unix:                  must be a list of servers: expected a path, but it ends at offset 5
unix://relative        must be a list of servers: the host must be an absolute path after unix: at offset 0
unix:///p%zz           must be a list of servers: expected ',' or the end, '%' found at offset 9
unix:///a b            must be a list of servers: separate servers by commas, not by spaces: 'b' found at offset 10
a, A                   must be a list of servers: [A:1042] is there twice, again at offset 3
a:1,b:1,a:1:5          must be a list of servers: [a:1] is there twice, again at offset 8
unix:/a,unix:///a      must be a list of servers: [unix:/a] is there twice, again at offset 8
unix:/a,unix:%2fa      must be a list of servers: [unix:/a] is there twice, again at offset 8
user@a                 must be a list of servers: there is no authentication, and so no user or password, '@' found at offset 4
/var/lib/php/sessions  must be a list of servers: this looks like a path of the files handler: a path found at offset 0
5;/tmp                 must be a list of servers: this looks like a path of the files handler: a path found at offset 0
2;0600;/tmp            must be a list of servers: this looks like a path of the files handler: a path found at offset 0
/run/s.sock            must be a list of servers: write unix: in front of the path of a socket: '/' found at offset 0
/var/run/s.sock        must be a list of servers: write unix: in front of the path of a socket: '/' found at offset 0
/tmp/s.sock            must be a list of servers: write unix: in front of the path of a socket: '/' found at offset 0
web1:1042;web2:1042    must be a list of servers: separate servers by commas: ';' found at offset 9
web1:1042 web2:1042    must be a list of servers: separate servers by commas, not by spaces: 'w' found at offset 10
web1:1042,             must be a list of servers: no server follows the last comma: ',' found at offset 9
tls://web1             must be a list of servers: there is no encryption, so use tcp:// in a trusted network: a scheme with TLS found at offset 0
rediss://web1          must be a list of servers: there is no encryption, so use tcp:// in a trusted network: a scheme with TLS found at offset 0
PERSISTENT=p web1:11211 must be a list of servers: use the setting sharedance.persistent: PERSISTENT= found at offset 0
tcp://a:6379?auth=hunter2 must be a list of servers: there is no authentication, so let only the web servers reach the port: auth= found at offset 13
tcp://a:6379?auth[]=u&auth[]=hunter2 must be a list of servers: there is no authentication, so let only the web servers reach the port: auth= found at offset 13
a?database=2           must be a list of servers: use the setting sharedance.session.prefix to separate applications: database= found at offset 2
a?prefix=P:            must be a list of servers: use the setting sharedance.session.prefix: prefix= found at offset 2
a?persistent_id=p      must be a list of servers: use the setting sharedance.persistent: persistent_id= found at offset 2
a?read_timeout=1       must be a list of servers: use timeout=, which includes reading: read_timeout= found at offset 2
a?retry_interval=1     must be a list of servers: use the setting sharedance.retry_interval: retry_interval= found at offset 2
a?x=1                  must be a list of servers: unknown parameter 'x' at offset 2
a\a                    must be a list of servers: expected ',' or the end, 0x07 found at offset 1
a\000                  must be a list of servers: expected ',' or the end, 0x00 found at offset 1
a:99999999999999999999 must be a list of servers: the port must be between 1 and 65535, 9223372036854775807 given at offset 2
\303\244               must be a list of servers: expected a host, 0xc3 found at offset 0
ValueError: Sharedance::addServers(): Argument #1 ($list) must be a list of new servers: [web2:PORT] at offset 7 is there already
8 servers
