--TEST--
the checker finds what is wrong in a history
--FILE--
<?php
require __DIR__ . '/e2e.inc';
require __DIR__ . '/history.inc';

/* What the checker says of lines written by hand. */
function verdict(string $what, string $lines): void
{
    $file = scratch() . '/journal';
    file_put_contents($file, preg_replace('/ *[;\n]\s*/', "\n", trim($lines)) . "\n");
    $checker = Checker::check([$file]);
    $texts = array_map(fn ($text) => preg_replace('/^.* (found|gave) /', '$1 ', $text), $checker->wrong);
    echo "$what: ", $texts === [] ? 'right' : implode('; ', $texts);
    echo $checker->inversions > 0 ? ', a read goes behind another' : '';
    echo $checker->refused_but_seen > 0 ? ', a refused value is seen' : '', "\n";
}

echo "-- what can be\n";
verdict('the last write', 'k set 1 2 ok a; k set 3 4 ok b; k get 5 6 ok b');
verdict('a write at the same time, or the one before', 'k set 1 2 ok a; k set 3 9 ok b; k get 4 5 ok b; k get 4 5 ok a');
verdict('two writes at the same time, either', 'k set 1 5 ok a; k set 2 4 ok b; k get 6 7 ok a; k get 6 7 ok b');
verdict('nothing yet', 'k get 1 2 ok -; k set 2 4 ok a; k get 3 4 ok -');
verdict('deleted', 'k set 1 2 ok a; k delete 3 4 ok -; k get 5 6 ok -');
verdict('a failed write that had its effect', 'k set 1 2 ok a; k set 3 4 failed b; k get 5 6 ok b');
verdict('a failed write that had none', 'k set 1 2 ok a; k set 3 4 failed b; k get 5 6 ok a');
verdict('a failed write that had it late', 'k set 1 2 failed a; k set 3 4 ok b; k get 5 6 ok b; k get 7 8 ok a');
verdict('a failed delete', 'k set 1 2 ok a; k delete 3 4 failed -; k get 5 6 ok -');
verdict('an add, and one that is refused', 'k add 1 2 ok a; k add 3 4 no b; k get 5 6 ok a');
verdict('a cas', 'k set 1 2 ok a; k cas 3 4 ok b/a; k cas 5 6 no c/a; k get 7 8 ok b');
verdict('a counter', 'n seed 1 2 ok 0; n increment 3 4 ok 1; n increment 3 4 failed 1; n count 5 6 ok 1; n count 7 8 ok 2; n increment 9 10 ok 3');
verdict('a read that failed', 'k set 1 2 ok a; - get 3 4 failed -');

echo "-- what cannot\n";
verdict('the write before the last', 'k set 1 2 ok a; k set 3 4 ok b; k get 5 6 ok a');
verdict('and long before', 'k set 1 2 ok a; k set 3 4 ok b; k set 5 6 ok c; k set 7 8 ok d; k get 9 10 ok b');
verdict('an acknowledged write is lost', 'k set 1 2 ok a; k get 3 4 ok -');
verdict('a delete is lost', 'k set 1 2 ok a; k delete 3 4 ok -; k get 5 6 ok a');
verdict('a write behind a delete is lost', 'k set 1 2 ok a; k delete 3 4 ok -; k set 5 6 ok b; k get 7 8 ok -');
verdict('a value that nobody wrote', 'k set 1 2 ok a; k get 3 4 ok b');
verdict('a value of another key', 'k set 1 2 ok a; k get 3 4 ok of:j');
verdict('a value cut short', 'k set 1 2 ok a; k get 3 4 ok broken:00');
verdict('a value from the future', 'k set 1 2 ok a; k set 7 8 ok b; k get 3 4 ok b');
verdict('there, and it is not', 'k set 1 2 ok a; k delete 3 4 ok -; k has 5 6 ok +');
verdict('not there, and it is', 'k set 1 2 ok a; k has 3 4 ok -');
verdict('two adds of one key', 'k add 1 2 ok a; k add 3 4 ok b');
verdict('an add refused for nothing', 'k set 1 2 ok a; k delete 3 4 ok -; k add 5 6 no b');
verdict('a cas of what was there before', 'k set 1 2 ok a; k set 3 4 ok b; k cas 5 6 ok c/a');
verdict('two cas of one version', 'k set 1 2 ok a; k cas 3 4 ok b/a; k cas 5 6 ok c/a');
verdict('an increment is lost', 'n seed 1 2 ok 0; n increment 3 4 ok 1; n increment 5 6 ok 2; n count 7 8 ok 1');
verdict('one too many', 'n seed 1 2 ok 0; n increment 3 4 ok 1; n count 7 8 ok 2');
verdict('the same number twice', 'n seed 1 2 ok 0; n increment 3 5 ok 1; n increment 4 6 ok 1; n count 7 8 ok 2');
verdict('a counter is gone', 'n seed 1 2 ok 0; n increment 3 5 ok 1; n count 6 7 no -');

echo "-- what is not promised, and told\n";
verdict('new, then old, in one write', 'k set 1 2 ok a; k set 3 9 ok b; k get 4 5 ok b; k get 6 7 ok a');
verdict('a refused write is seen', 'k set 1 2 ok a; k add 3 4 no b; k get 5 6 ok b');

echo "-- values\n";
$value = make_value('k', '1.7');
var_dump(name_of_value('k', $value), name_of_value('j', $value), name_of_value('k', substr($value, 0, -1) . '?') === '1.7');
?>
--EXPECT--
-- what can be
the last write: right
a write at the same time, or the one before: right
two writes at the same time, either: right
nothing yet: right
deleted: right
a failed write that had its effect: right
a failed write that had none: right
a failed write that had it late: right
a failed delete: right
an add, and one that is refused: right
a cas: right
a counter: right
a read that failed: right
-- what cannot
the write before the last: found a: it is old
and long before: found b: it is old
an acknowledged write is lost: found -: it is old
a delete is lost: found a: it is old
a write behind a delete is lost: found -: it is old
a value that nobody wrote: found b: nobody wrote that to it
a value of another key: found of:j: nobody wrote that to it
a value cut short: found broken:00: nobody wrote that to it
a value from the future: found b: it was written only later
there, and it is not: found +: it is old
not there, and it is: found -: it is old
two adds of one key: found -: it is old
an add refused for nothing: found +: it is old
a cas of what was there before: found a: it is old
two cas of one version: found a: it is old
an increment is lost: gave 1, not 2 to 2
one too many: gave 2, not 1 to 1
the same number twice: gave 1, as another one did
a counter is gone: found no number
-- what is not promised, and told
new, then old, in one write: right, a read goes behind another
a refused write is seen: right, a refused value is seen
-- values
string(3) "1.7"
string(4) "of:k"
bool(false)
