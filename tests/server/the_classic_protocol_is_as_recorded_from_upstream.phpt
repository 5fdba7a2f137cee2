--TEST--
the classic protocol is as recorded from upstream, byte for byte, closes included
--SKIPIF--
<?php
require_once __DIR__ . '/../helper.inc';
skip_unless_sharedanced();
?>
--FILE--
<?php
require __DIR__ . '/server.inc';

/* Steps that end at once here, though upstream waits: nothing that comes could make them right. */
const CLOSED_AT_ONCE = ['key-empty' => [1, 2], 'header-too-large' => [0]];

/* Closed by upstream as unknown, here the meta protocol's: what a client finds out by it. */
const ANSWERED = ['unknown-command' => [1 => "MN\r\n"]];

/* Closed by upstream as unknown, here the beginning of a command of the meta protocol. */
const AWAITED = ['unknown-command' => [3]];

function bytes_of(string|array $sent): string
{
    return is_string($sent)
        ? hex2bin($sent)
        : hex2bin($sent['head']) . str_repeat(hex2bin($sent['repeat_tail']), $sent['tail']);
}

function answer_of(string|array $recorded): string
{
    return is_string($recorded)
        ? hex2bin($recorded)
        : str_repeat(hex2bin($recorded['repeat']), $recorded['length']);
}

/* @return array{string, string} how it ended, and the answer */
function replay(TestServer $server, array $parts, bool $half_close, string $end): array
{
    $socket = dial($server);
    foreach ($parts as $i => $part) {
        if ($i > 0) {
            round_trip($server);
        }
        say($socket, bytes_of($part));
    }
    if ($half_close) {
        stream_socket_shutdown($socket, STREAM_SHUT_WR);
    }
    if ($end === 'open' && stays_open($server, $socket)) {
        return ['open', ''];
    }
    return ['closed', hear($socket)];
}

$server = new TestServer();
$recording = json_decode(file_get_contents(root() . '/tests/conformance/classic.json'), true);

foreach ($recording['cases'] as $case) {
    $name = $case['name'];
    $how = isset(CLOSED_AT_ONCE[$name]) ? 'closed at once' : 'as recorded';
    foreach ($case['steps'] as $i => $step) {
        if (isset(ANSWERED[$name][$i])) {
            $answer = meta(open_meta($server), bytes_of($step['send'][0]));
            $how = $answer === ANSWERED[$name][$i] ? 'as recorded, but for mn' : bin2hex($answer);
            continue;
        }
        if (in_array($i, AWAITED[$name] ?? [], true)) {
            $step['end'] = 'open';
        }
        $expected = in_array($i, CLOSED_AT_ONCE[$name] ?? [], true)
            ? ['closed', '']
            : [$step['end'], answer_of($step['answer'])];
        $seen = replay($server, $step['send'], $case['half_close'] ?? false, $expected[0]);
        if ($seen !== $expected) {
            [$end, $answer] = $seen;
            $how = "step $i $end with " . bin2hex(substr($answer, 0, 100)) . ', ' . strlen($answer) . ' bytes';
            break;
        }
    }
    echo "$name: $how\n";
}
?>
--EXPECT--
store-fetch-delete: as recorded
fetch-missing: as recorded
delete-missing: as recorded
store-empty-value: as recorded
overwrite: as recorded
binary-value: as recorded
value-looks-like-reply: as recorded
key-legal-space: as recorded
key-legal-tilde: as recorded
key-legal-comma-dash: as recorded
key-legal-percent: as recorded
key-legal-backslash: as recorded
key-legal-quote: as recorded
key-illegal-dot: as recorded
key-illegal-slash: as recorded
key-illegal-newline: as recorded
key-illegal-nul: as recorded
key-illegal-del: as recorded
key-illegal-utf8: as recorded
key-illegal-dotdot: as recorded
key-254: as recorded
key-255: as recorded
key-empty: closed at once
unknown-command: as recorded, but for mn
split-store: as recorded
trailing-bytes: as recorded
pipelined: as recorded
short-request: as recorded
half-close-after-request: as recorded
half-close-fetch: as recorded
header-too-large: closed at once
cleanup: as recorded
large-value: as recorded
