--TEST--
a lock has a lease a longest wait and a bound on waiters
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

$server = new TestServer(['--lock-waiters=64']);
[$one, $two] = [open_meta($server), open_meta($server)];

echo 'one try: ', meta($one, "ml k T600\r\n"), meta($two, "ml k\r\n"), meta($two, "ml k W0\r\n");
echo 'again: ', meta($one, "ml k T600\r\n");
echo 'not its own: ', meta($two, "mu k\r\n");
echo 'a wait that ends: ', meta($two, "ml k W50 O1 k\r\n");
echo 'given back: ', meta($one, "mu k\r\n"), meta($one, "mu k\r\n");

echo 'a lease that ends: ', meta($one, "ml l T1\r\n"), meta($two, "ml l T600 W60000\r\n");
echo 'whoever had it has it no longer: ', meta($one, "mu l\r\n"), meta($one, "ml l\r\n");

$waiters = [];
for ($i = 0; $i < 64; $i++) {
    $waiters[$i] = open_meta($server);
    fwrite($waiters[$i], "ml l W3600000\r\n"); /* longer than anybody here listens */
}
round_trip($server);
fact('sixty-four wait', array_filter($waiters, fn ($waiter) => !is_quiet($waiter)) === []);
echo 'one more does not: ', meta(open_meta($server), "ml l W3600000 O1\r\n");

/* a lock is not an entry, and its key any key */
echo meta($one, "mg l\r\n"), meta($one, 'ml ' . base64_encode("a\0b") . " b k\r\n"), meta($one, "ml\r\n"), meta($one, "ml k v\r\n");
?>
--EXPECT--
one try: HD
NS
NS
again: HD
not its own: NF
a wait that ends: NS O1 kk
given back: HD
NF
a lease that ends: HD
HD
whoever had it has it no longer: NF
NS
sixty-four wait: yes
one more does not: NS O1 W
EN
HD kYQBi b
ERROR
CLIENT_ERROR invalid flag
