--TEST--
objects in a cycle are collected and destructors see order
--EXTENSIONS--
sharedance
--FILE--
<?php
class Holder extends SharedanceServer
{
    public ?Sharedance $pool = null;

    public function __destruct()
    {
        echo "gone\n";
    }
}

$pool = new Sharedance();
$server = new Holder('h');
$server->pool = $pool;
$pool->addServer($server);
unset($pool, $server);
$collected = gc_collect_cycles();
echo 'collected: ', $collected > 0 ? 'yes' : 'no', "\n";

/* a server's destructor that uses the pool sees one without it */
$pool = new Sharedance();
$pool->addServer(new class ('x') extends SharedanceServer {
    public function __destruct()
    {
        global $pool;
        try {
            $pool->get('k');
        } catch (SharedanceException $error) {
            echo $error->getMessage(), "\n";
        }
    }
});
$pool->close();
?>
--EXPECT--
gone
collected: yes
No Servers Registered
