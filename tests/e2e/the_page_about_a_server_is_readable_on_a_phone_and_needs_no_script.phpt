--TEST--
In a real browser the page about a server fits a phone and a wide screen, asks nobody for anything, and leads to what it links
--SKIPIF--
<?php
require_once __DIR__ . '/browser.inc';
skip_unless_sharedanced();
if (($reason = no_browser_because()) !== null) {
    die("skip $reason");
}
?>
--FILE--
<?php
require __DIR__ . '/browser.inc';

$server = new TestServer(['--http=127.0.0.1:0']);
$page = $server->process->expect('~HTTP is answered on (http://\S+/)$~m');
$cache = new Sharedance();
$cache->addServer($server->object());
for ($i = 0; $i < 200; $i++) {
    $cache->set("key$i", str_repeat('x', 1000));
    $cache->get("key$i");
}
$browser = new Browser(390, 800);
$browser->go($page);
fact('it has a title', str_starts_with($browser->run('return document.title'), 'sharedanced on '));
fact('it says how the server is', $browser->run('return document.querySelector(".state").textContent') === 'OK');
fact('it has the entries', $browser->run('return [...document.querySelectorAll("dt")].find(e => e.textContent === "Entries").nextElementSibling.textContent') === '200');

$scrolls = 'return document.documentElement.scrollWidth > document.documentElement.clientWidth';
$frame = fn (int $width) => "return new Promise(done => {
    const frame = document.createElement('iframe');
    frame.style.cssText = 'width: {$width}px; height: 900px; border: 0; position: absolute';
    document.body.append(frame);
    const inner = frame.contentDocument;
    inner.open(); inner.write(window.source); inner.close();
    setTimeout(() => { const is = inner.documentElement.scrollWidth > $width; frame.remove(); done(is); });
});";
fact('it does not scroll sideways', $browser->run($scrolls) === false);
$browser->run('window.source = document.documentElement.outerHTML');
foreach ([320, 390, 760, 1200, 2000] as $width) {
    fact("  $width pixels wide", $browser->run($frame($width)) === false);
}
fact('it asks for nothing', $browser->run('return performance.getEntriesByType("resource").filter(e => !e.name.endsWith("/favicon.ico")).length') === 0);
fact('it has no script', $browser->run('return document.scripts.length') === 0);

/* for who does not see it */
fact('one first heading, and others below', $browser->run('return document.querySelectorAll("h1").length === 1 && document.querySelectorAll("h2").length === 3 && document.querySelectorAll("h3").length === 4'));
fact('each chart says what it shows', $browser->run('return [...document.querySelectorAll("svg")].every(e => e.getAttribute("role") === "img" && /in the last ten minutes: .*now .*, at most/.test(e.querySelector("title").textContent))'));
fact('each head of a table says of what', $browser->run('return [...document.querySelectorAll("th")].every(e => ["col", "row"].includes(e.getAttribute("scope"))) && document.querySelectorAll("caption").length === 2'));
fact('it has a language and a main part', $browser->run('return document.documentElement.lang === "en" && document.querySelectorAll("main").length === 1'));
fact('no text is too small', $browser->run('return [...document.querySelectorAll("body *")].every(e => !e.textContent.trim() || e.closest("title") || parseFloat(getComputedStyle(e).fontSize) >= 11)'));

foreach (['/metrics' => 'sharedance_entries 200', '/healthz' => 'the server serves', '/readyz' => 'ready'] as $link => $text) {
    $browser->go($page);
    $browser->click("a[href='$link']");
    fact("$link", str_contains($browser->run('return document.body.textContent'), $text));
}
?>
--EXPECT--
it has a title: yes
it says how the server is: yes
it has the entries: yes
it does not scroll sideways: yes
  320 pixels wide: yes
  390 pixels wide: yes
  760 pixels wide: yes
  1200 pixels wide: yes
  2000 pixels wide: yes
it asks for nothing: yes
it has no script: yes
one first heading, and others below: yes
each chart says what it shows: yes
each head of a table says of what: yes
it has a language and a main part: yes
no text is too small: yes
/metrics: yes
/healthz: yes
/readyz: yes
