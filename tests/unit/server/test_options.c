/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The server's command line: upstream's options, ours, and what is wrong with each. */

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/net/http.h"
#include "server/option_table.h"
#include "server/option_values.h"
#include "server/options.h"
#include "tests/unit/unit.h"

#define ARGUMENTS_MAX 32
#define SAID_MAX 16384

/* {{{ one call */

/* What came of a command line. */
static enum sdd_options_result result;
static struct sdd_options options;
static char said_on_stdout[SAID_MAX];
static char said_on_stderr[SAID_MAX];

/* The options' strings are the command line's: it lives until the next call. */
static char arguments[ARGUMENTS_MAX][256];

/* A stream while it writes to a file that nobody sees. */
struct silenced {
	FILE *stream;
	int kept;
	FILE *file;
};

static void silence(struct silenced *silenced, FILE *stream)
{
	silenced->stream = stream;
	silenced->file = tmpfile();
	assert_non_null(silenced->file);
	(void)fflush(stream);
	silenced->kept = dup(fileno(stream));
	assert_true(silenced->kept >= 0);
	assert_true(dup2(fileno(silenced->file), fileno(stream)) >= 0);
}

static void hear_again(struct silenced *silenced, char said[SAID_MAX])
{
	size_t length;

	(void)fflush(silenced->stream);
	assert_true(dup2(silenced->kept, fileno(silenced->stream)) >= 0);
	(void)close(silenced->kept);
	rewind(silenced->file);
	length = fread(said, 1, SAID_MAX - 1, silenced->file);
	said[length] = '\0';
	(void)fclose(silenced->file);
}

static void parse_arguments(int argc, char *argv[])
{
	struct silenced out;
	struct silenced err;

	sdd_options_free(&options);
	memset(&options, 0x5a, sizeof(options));
	silence(&out, stdout);
	silence(&err, stderr);
	result = sdd_options_parse(&options, argc, argv);
	hear_again(&err, said_on_stderr);
	hear_again(&out, said_on_stdout);
}

/* The arguments are separated by single spaces; '~' stands for one that is within an argument. If
 * there are any, a directory is given before them. */
static enum sdd_options_result parse(const char *line)
{
	char *argv[ARGUMENTS_MAX + 1];
	int argc = 0;

	(void)snprintf(arguments[0], sizeof(arguments[0]), "sharedanced");
	argv[argc++] = arguments[0];
	if (*line != '\0') {
		(void)snprintf(arguments[argc], sizeof(arguments[argc]), "--directory=/srv/data");
		argv[argc] = arguments[argc];
		argc++;
	}
	while (*line != '\0') {
		size_t length = strcspn(line, " ");

		assert_in_range(argc, 1, ARGUMENTS_MAX - 1);
		(void)snprintf(arguments[argc], sizeof(arguments[argc]), "%.*s", (int)length, line);
		for (char *tilde = arguments[argc]; (tilde = strchr(tilde, '~')) != NULL;) {
			*tilde = ' ';
		}
		argv[argc] = arguments[argc];
		argc++;
		line += length + (line[length] == ' ');
	}
	argv[argc] = NULL;
	parse_arguments(argc, argv);
	return result;
}

static void assert_good(const char *line)
{
	if (parse(line) != SDD_OPTIONS_OK) {
		fail_msg("%s: %s", line, said_on_stderr);
	}
	assert_string_equal(said_on_stderr, "");
	assert_string_equal(said_on_stdout, "");
}

static void assert_wrong(const char *line)
{
	if (parse(line) != SDD_OPTIONS_WRONG) {
		fail_msg("%s: was taken", line);
	}
	if (said_on_stderr[0] == '\0') {
		fail_msg("%s: nothing was said", line);
	}
}

/* An option with each of some values. */
static void assert_values(const char *option, const char *const *values, size_t count,
                          void (*check)(const char *line))
{
	for (size_t i = 0; i < count; i++) {
		char line[256];

		(void)snprintf(line, sizeof(line), "%s%s", option, values[i]);
		check(line);
	}
}

#define ASSERT_ALL_GOOD(option, values) assert_values(option, values, COUNT_OF(values), assert_good)
#define ASSERT_ALL_WRONG(option, values)                                                           \
	assert_values(option, values, COUNT_OF(values), assert_wrong)

/* The addresses, each after a comma but the first. */
static void assert_addresses(const char *wanted)
{
	char joined[1024] = "";

	for (size_t i = 0; i < options.addresses.count; i++) {
		size_t length = strlen(joined);

		(void)snprintf(joined + length, sizeof(joined) - length, "%s%s", i == 0 ? "" : ",",
		               options.addresses.texts[i]);
	}
	assert_string_equal(joined, wanted);
}

/* What no option that takes a number does. */
static const char *const no_numbers[] = {
	"",
	"x",
	"-1",
	"-0",
	"+1",
	"~1",
	"1~",
	"1x",
	"0x10",
	"1.5",
	"1,",
	"1e3",
	"1000000000000000000000000",
	"18446744073709551616",
	"99999999999999999999K",
};

/* }}} */

/* {{{ defaults */

static void without_a_directory_it_says_what_to_give(void **state)
{
	char *lines[][3] = {{"sharedanced", "--debug", NULL}, {"sharedanced", "--port=0", NULL}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		parse_arguments(2, lines[i]);
		assert_int_equal(result, SDD_OPTIONS_WRONG);
		assert_non_null(strstr(said_on_stderr, "--directory"));
	}
}

static void the_defaults_are_upstreams_but_for_the_address(void **state)
{
	(void)state;
	assert_good("--debug");
	assert_addresses("127.0.0.1");
	assert_string_equal(options.port, "1042");
	assert_null(options.unix_socket);
	assert_int_equal(options.backlog, 4096);
	assert_int_equal(options.unix_socket_mode, 0700);
	assert_true(options.unix_socket_group == SDD_NOT_GIVEN);
	assert_int_equal(options.read_size, 4096);
	assert_int_equal(options.max_request_size, 32 * 1024 * 1024);
	assert_int_equal(options.expiration_ms, 1800 * 1000);
	assert_int_equal(options.timeout, 60);
	assert_true(options.max_size == 64ull * 1024 * 1024 * 1024);
	assert_int_equal(options.sync, SDD_SYNC_INTERVAL);
	assert_int_equal(options.busy_poll_us, 50);
	assert_false(options.core);
	assert_int_equal(options.lock_lease, 3600);
	assert_int_equal(options.lock_waiters, 1024);
	assert_false(options.daemonize);
	assert_false(options.change_user);
}

static void debug_is_off_by_default(void **state)
{
	(void)state;
	assert_good("--port=1");
	assert_false(options.debug);
}

/* }}} */

/* {{{ each option, long and short */

static void ip_is_an_address(void **state)
{
	static const char *const lines[] = {"--ip=::1", "--ip ::1", "-i ::1", "-i::1"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		assert_good(lines[i]);
		assert_addresses("::1");
	}
	assert_wrong("--ip=");
}

static void there_may_be_several_addresses(void **state)
{
	static const char *const bad[] = {",", "::1,", ",::1", "::1,,::2", "~"};

	(void)state;
	assert_good("--ip=::1,127.0.0.2 --ip=localhost");
	assert_addresses("::1,127.0.0.2,localhost");
	assert_good("-i ::1,~127.0.0.2");
	assert_addresses("::1,127.0.0.2");
	ASSERT_ALL_WRONG("--ip=", bad);
	assert_good("--ip=a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p");
	assert_wrong("--ip=a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q");
	assert_wrong("--ip=a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p --ip=q");
}

static void port_is_kept_as_text(void **state)
{
	static const char *const lines[] = {"--port=1043", "--port 1043", "-p 1043", "-p1043"};
	static const char *const good[] = {"0", "1", "65535"};
	static const char *const bad[] = {"65536", "-1", "http", "4294967297"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		assert_good(lines[i]);
		assert_string_equal(options.port, "1043");
		assert_addresses("127.0.0.1");
	}
	ASSERT_ALL_GOOD("--port=", good);
	ASSERT_ALL_WRONG("--port=", bad);
	ASSERT_ALL_WRONG("--port=", no_numbers);
}

static void unix_socket_is_a_path(void **state)
{
	static const char *const lines[] = {"--unix-socket=/run/s", "--unix-socket /run/s",
	                                    "-s /run/s"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		assert_good(lines[i]);
		assert_string_equal(options.unix_socket, "/run/s");
	}
	assert_wrong("--unix-socket=");
}

static void http_is_an_address_and_port_or_a_path(void **state)
{
	static const char *const good[] = {"127.0.0.1:9142", "localhost:0", "[::1]:65535",
	                                   "unix:/run/s", "unix:s"};
	static const char *const bad[] = {"",
	                                  "9142",
	                                  "127.0.0.1",
	                                  ":9142",
	                                  "localhost:",
	                                  "localhost:65536",
	                                  "::1:9142",
	                                  "[::1]",
	                                  "localhost:http",
	                                  "localhost:-1",
	                                  "unix:",
	                                  "http://localhost:9142/"};

	(void)state;
	assert_good("--port=1");
	assert_null(options.http);
	ASSERT_ALL_GOOD("--http=", good);
	assert_string_equal(options.http, "unix:s");
	ASSERT_ALL_WRONG("--http=", bad);
}

static void what_http_may_take_is_not_for_the_rest(void **state)
{
	(void)state;
	assert_good("--memory=64M --maxreadsize=16M --http=localhost:0");
	assert_int_equal(options.memory, (64 << 20) - SDD_HTTP_MEMORY);
	assert_wrong("--memory=64M --maxreadsize=32M --http=localhost:0");
	assert_good("--memory=66M --maxreadsize=32M --http=localhost:0");
	assert_int_equal(SDD_HTTP_MEMORY, 1152 << 10); /* as the message says */
}

static void the_mode_of_the_unix_socket_is_octal(void **state)
{
	static const char *const good[] = {"0", "7", "0777", "777", "0600", "000"};
	static const char *const bad[] = {"8",  "1000", "1777", "07777", "-7",
	                                  "+7", "0x7",  "rwx",  "",      "00700"};

	(void)state;
	ASSERT_ALL_GOOD("--unix-socket-mode=", good);
	ASSERT_ALL_WRONG("--unix-socket-mode=", bad);
	assert_good("--unix-socket-mode=0750");
	assert_int_equal(options.unix_socket_mode, 0750);
	assert_good("--unix-socket-mode=660 --unix-socket-group=7");
	assert_int_equal(options.unix_socket_mode, 0660);
}

static void the_group_of_the_unix_socket_is_a_name_or_a_number(void **state)
{
	static const char *const bad[] = {"-1", "4294967295", "4294967296", "7x", "no-such-group", ""};

	(void)state;
	ASSERT_ALL_WRONG("--unix-socket-group=", bad);
	assert_good("--unix-socket-group=4294967294");
	assert_true(options.unix_socket_group == 4294967294);
	assert_good("--unix-socket-group=root");
	assert_int_equal(options.unix_socket_group, 0);
	assert_int_equal(options.unix_socket_mode, 0770); /* for whom else would the group be */
}

static void backlog_is_a_positive_int(void **state)
{
	static const char *const good[] = {"1", "2147483647"};
	static const char *const bad[] = {"0", "2147483648", "4294967297"};

	(void)state;
	assert_good("--backlog=7");
	assert_int_equal(options.backlog, 7);
	assert_good("-b 8");
	assert_int_equal(options.backlog, 8);
	ASSERT_ALL_GOOD("--backlog=", good);
	ASSERT_ALL_WRONG("--backlog=", bad);
	ASSERT_ALL_WRONG("--backlog=", no_numbers);
	assert_wrong("--backlog=1K"); /* no size */
}

static void directory_is_a_path(void **state)
{
	(void)state;
	assert_good("--directory=/srv/d");
	assert_string_equal(options.directory, "/srv/d");
	assert_good("-d /srv/e");
	assert_string_equal(options.directory, "/srv/e");
	assert_wrong("--directory=");
}

static void log_file_is_a_path(void **state)
{
	(void)state;
	assert_good("--debug");
	assert_null(options.log_file);
	assert_good("--log-file=/srv/log");
	assert_string_equal(options.log_file, "/srv/log");
	assert_wrong("--log-file=");
}

static void readsize_is_a_size(void **state)
{
	static const char *const good[] = {"1", "16777216", "16M", "16384K"};
	static const char *const bad[] = {"0", "0K", "16777217", "17M", "1G", "1T"};

	(void)state;
	assert_good("--readsize=100");
	assert_int_equal(options.read_size, 100);
	assert_good("-r 64K");
	assert_int_equal(options.read_size, 65536);
	ASSERT_ALL_GOOD("--readsize=", good);
	ASSERT_ALL_WRONG("--readsize=", bad);
	ASSERT_ALL_WRONG("--readsize=", no_numbers);
}

static void maxreadsize_is_a_size(void **state)
{
	static const char *const good[] = {"10", "1G", "1024M", "1073741824"};
	static const char *const bad[] = {"0", "9", "1073741825", "1025M", "2G", "1T"};

	(void)state;
	assert_good("--maxreadsize=1000");
	assert_int_equal(options.max_request_size, 1000);
	assert_good("-R 5M");
	assert_int_equal(options.max_request_size, 5 * 1024 * 1024);
	ASSERT_ALL_GOOD("--maxreadsize=", good);
	ASSERT_ALL_WRONG("--maxreadsize=", bad);
	ASSERT_ALL_WRONG("--maxreadsize=", no_numbers);
}

static void maxsize_is_a_size(void **state)
{
	static const char *const good[] = {"1048576", "1024K", "1M", "1T"};
	static const char *const bad[] = {
		"0", "1048575", "1023K", "18446744073709551615", "18446744073709551615T", "16777216T"};

	(void)state;
	assert_good("--maxsize=2000000");
	assert_int_equal(options.max_size, 2000000);
	assert_good("-m 3G");
	assert_true(options.max_size == 3ull << 30);
	assert_good("-m 4T");
	assert_true(options.max_size == 4ull << 40);
	ASSERT_ALL_GOOD("--maxsize=", good);
	ASSERT_ALL_WRONG("--maxsize=", bad);
	ASSERT_ALL_WRONG("--maxsize=", no_numbers);
}

static void memory_is_twice_the_largest_request_at_least(void **state)
{
	static const char *const bad[] = {"0", "16777215", "15M", "63M", "18446744073709551615"};

	(void)state;
	assert_good("-p 1");
	assert_in_range(options.memory, 64 << 20, 1 << 30);
	assert_good("--memory=64M");
	assert_int_equal(options.memory, 64 << 20);
	assert_good("--memory=16M --maxreadsize=8M");
	assert_int_equal(options.memory, 16 << 20);
	assert_good("--maxreadsize=1G");
	assert_int_equal(options.memory, 2ull << 30);
	assert_wrong("--memory=16M --maxreadsize=9M");
	ASSERT_ALL_WRONG("--memory=", bad);
	ASSERT_ALL_WRONG("--memory=", no_numbers);
}

static void max_connections_is_a_positive_int(void **state)
{
	static const char *const bad[] = {"0", "2147483648", "1K"};

	(void)state;
	assert_good("-p 1");
	assert_int_equal(options.max_connections, 0); /* by the descriptors */
	assert_good("--max-connections=7");
	assert_int_equal(options.max_connections, 7);
	ASSERT_ALL_WRONG("--max-connections=", bad);
	ASSERT_ALL_WRONG("--max-connections=", no_numbers);
}

static void size_suffixes_are_one_capital_letter(void **state)
{
	static const char *const bad[] = {"2000000k", "2m",  "2MB", "2MM", "M",  "2P",
	                                  "2E",       "2~M", "2M~", "2B",  "2Ki"};

	(void)state;
	ASSERT_ALL_WRONG("--maxsize=", bad);
}

static void expiration_is_seconds_kept_as_milliseconds(void **state)
{
	static const char *const bad[] = {"0", "3000000001", "1K", "1s"};

	(void)state;
	assert_good("--expiration=1");
	assert_int_equal(options.expiration_ms, 1000);
	assert_good("-e 60");
	assert_int_equal(options.expiration_ms, 60000);
	assert_good("-e 3000000000");
	assert_true(options.expiration_ms == 3000000000000ll);
	ASSERT_ALL_WRONG("--expiration=", bad);
	ASSERT_ALL_WRONG("--expiration=", no_numbers);
}

static void timeout_is_seconds(void **state)
{
	static const char *const bad[] = {"0", "2147484", "1K"};

	(void)state;
	assert_good("--timeout=1");
	assert_int_equal(options.timeout, 1);
	assert_good("-t 2147483");
	assert_int_equal(options.timeout, INT_MAX / 1000);
	ASSERT_ALL_WRONG("--timeout=", bad);
	ASSERT_ALL_WRONG("--timeout=", no_numbers);
}

static void sync_is_always_interval_or_never(void **state)
{
	static const char *const bad[] = {"", "Always", "alway", "alwayss", "1", "yes"};

	(void)state;
	assert_good("--sync=always");
	assert_int_equal(options.sync, SDD_SYNC_ALWAYS);
	assert_good("--sync=never");
	assert_int_equal(options.sync, SDD_SYNC_NEVER);
	assert_good("-y always -y interval");
	assert_int_equal(options.sync, SDD_SYNC_INTERVAL);
	ASSERT_ALL_WRONG("--sync=", bad);
}

static void a_lock_has_a_longest_lease_in_seconds(void **state)
{
	static const char *const good[] = {"1", "3000000000"};
	static const char *const bad[] = {"0", "3000000001"};

	(void)state;
	assert_good("--lock-lease=7");
	assert_int_equal(options.lock_lease, 7);
	ASSERT_ALL_GOOD("--lock-lease=", good);
	ASSERT_ALL_WRONG("--lock-lease=", bad);
	ASSERT_ALL_WRONG("--lock-lease=", no_numbers);
}

static void a_lock_has_a_bound_on_those_that_wait(void **state)
{
	static const char *const good[] = {"0", "4294967295"};
	static const char *const bad[] = {"4294967296"};

	(void)state;
	assert_good("--lock-waiters=7");
	assert_int_equal(options.lock_waiters, 7);
	ASSERT_ALL_GOOD("--lock-waiters=", good);
	ASSERT_ALL_WRONG("--lock-waiters=", bad);
	ASSERT_ALL_WRONG("--lock-waiters=", no_numbers);
}

static void busy_poll_is_microseconds_up_to_a_thousand(void **state)
{
	static const char *const good[] = {"0", "1", "1000"};
	static const char *const bad[] = {"1001", "1K", "50us"};

	(void)state;
	assert_good("--busy-poll=7");
	assert_int_equal(options.busy_poll_us, 7);
	ASSERT_ALL_GOOD("--busy-poll=", good);
	ASSERT_ALL_WRONG("--busy-poll=", bad);
	ASSERT_ALL_WRONG("--busy-poll=", no_numbers);
}

static void core_is_a_switch(void **state)
{
	(void)state;
	assert_good("--core");
	assert_true(options.core);
	assert_good("--core=no");
	assert_false(options.core);
	assert_good("--core --core=no");
	assert_false(options.core);
	assert_wrong("--core=maybe");
}

static void debug_and_daemonize_are_switches(void **state)
{
	(void)state;
	assert_good("--debug --daemonize");
	assert_true(options.debug);
	assert_true(options.daemonize);
	assert_good("-DB");
	assert_true(options.debug);
	assert_true(options.daemonize);
	assert_wrong("--debug=1");
	assert_wrong("--daemonize=1");
}

static void uid_and_gid_change_the_user(void **state)
{
	(void)state;
	assert_good("--uid=65534 --gid=12");
	assert_true(options.change_user);
	assert_int_equal(options.uid, 65534);
	assert_int_equal(options.gid, 12);
	assert_good("-u 0 -g 0");
	assert_true(options.change_user);
	assert_int_equal(options.uid, 0);
	assert_int_equal(options.gid, 0);
}

static void uids_and_gids_that_mean_nobody_are_refused(void **state)
{
	static const char *const bad[] = {"4294967295", "4294967296", "nobody-of-that-name"};

	(void)state;
	ASSERT_ALL_WRONG("--gid=1 --uid=", bad);
	ASSERT_ALL_WRONG("--uid=1 --gid=", bad);
	ASSERT_ALL_WRONG("--gid=1 --uid=", no_numbers);
	ASSERT_ALL_WRONG("--uid=1 --gid=", no_numbers);
	assert_good("--uid=4294967294 --gid=4294967294");
}

static void users_and_groups_have_names(void **state)
{
	(void)state;
	assert_good("--uid=root");
	assert_true(options.has_uid);
	assert_int_equal(options.uid, 0);
	assert_int_equal(options.gid, 0);
	assert_good("--uid=4000000000 --gid=root");
	assert_true(options.uid == 4000000000);
	assert_int_equal(options.gid, 0);
	assert_good("--gid=root");
	assert_false(options.has_uid);
}

static void a_user_without_a_group_gets_its_own(void **state)
{
	(void)state;
	assert_good("--uid=0");
	assert_true(options.change_user);
	assert_int_equal(options.uid, 0);
	assert_int_equal(options.gid, 0);
}

static void an_unknown_user_without_a_group_is_refused(void **state)
{
	(void)state;
	assert_wrong("--uid=4000000001");
}

static void a_group_alone_keeps_the_user(void **state)
{
	(void)state;
	assert_good("--gid=12");
	assert_true(options.change_user);
	assert_int_equal(options.uid, geteuid());
	assert_int_equal(options.gid, 12);
}

/* }}} */

/* {{{ where to listen */

static void a_unix_socket_alone_turns_tcp_off(void **state)
{
	(void)state;
	assert_good("--unix-socket=/run/s");
	assert_int_equal(options.addresses.count, 0);
	assert_good("--unix-socket=/run/s --backlog=5 --debug");
	assert_int_equal(options.addresses.count, 0);
}

static void a_unix_socket_beside_a_port_or_an_address_leaves_tcp_on(void **state)
{
	(void)state;
	assert_good("--unix-socket=/run/s --port=1043");
	assert_addresses("127.0.0.1");
	assert_string_equal(options.port, "1043");
	assert_string_equal(options.unix_socket, "/run/s");
	assert_good("--ip=::1 --unix-socket=/run/s");
	assert_addresses("::1");
	assert_string_equal(options.port, "1042");
}

/* }}} */

/* {{{ the configuration file */

/* A command line that names a file with that text. */
static enum sdd_options_result parse_config(const char *text, const char *more)
{
	static char path[] = "/tmp/sharedanced-test-XXXXXX";
	char line[512];
	int file;

	memset(path + strlen(path) - 6, 'X', 6);
	file = mkstemp(path);
	assert_true(file != -1);
	assert_int_equal(write(file, text, strlen(text)), strlen(text));
	(void)close(file);
	(void)snprintf(line, sizeof(line), "--config=%s %s", path, more);
	if (more[0] == '\0') {
		line[strlen(line) - 1] = '\0';
	}
	(void)parse(line);
	(void)unlink(path);
	return result;
}

static void a_configuration_file_sets_options(void **state)
{
	(void)state;
	assert_int_equal(parse_config("# a comment\n\n  expiration = 60\nmaxsize=2M\r\nsync\t= never\n"
	                              "ip = ::1 , 127.0.0.2\ndebug = yes\ncore=no\nmemory =\n"
	                              "unix-socket = /run/a b",
	                              ""),
	                 SDD_OPTIONS_OK);
	assert_int_equal(options.expiration_ms, 60000);
	assert_int_equal(options.max_size, 2 << 20);
	assert_int_equal(options.sync, SDD_SYNC_NEVER);
	assert_addresses("::1,127.0.0.2");
	assert_true(options.debug);
	assert_false(options.core);
	assert_in_range(options.memory, 64 << 20, 1 << 30);
	assert_string_equal(options.unix_socket, "/run/a b");
	assert_int_equal(parse_config("ip = ::1\nip = ::2\n", ""), SDD_OPTIONS_OK);
	assert_addresses("::1,::2");
}

static void the_command_line_wins(void **state)
{
	(void)state;
	assert_int_equal(parse_config("expiration = 60\nip = ::1\ndebug = yes\ntimeout = 7\n",
	                              "--expiration=5 --ip=::2 --debug=no"),
	                 SDD_OPTIONS_OK);
	assert_int_equal(options.expiration_ms, 5000);
	assert_addresses("::2");
	assert_false(options.debug);
	assert_int_equal(options.timeout, 7);
}

static void a_wrong_line_is_named(void **state)
{
	static const char *const bad[] = {
		"expiration",         "= 5",          "expiration = soon", "expiration = 5 # later",
		"expiration = \"5\"", "no-such = 1",  "help = yes",        "config = /etc/other",
		"backup = /srv/b",    "debug = 1",    "debug = Yes",       "--expiration = 5",
		"expiration : 5",     "maxsize = 1k", "ip = ::1,",         "uid = nobody-of-that-name",
		"timeout = 5",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		char text[256];
		char place[16] = ":4: ";

		(void)snprintf(text, sizeof(text), "# first\ntimeout = 6\n\n%s\nsync = never\n", bad[i]);
		if (parse_config(text, "") != SDD_OPTIONS_WRONG) {
			fail_msg("%s: was taken", bad[i]);
		}
		if (strstr(said_on_stderr, place) == NULL ||
		    strstr(said_on_stderr, "/tmp/sharedanced-test-") == NULL) {
			fail_msg("%s: %s", bad[i], said_on_stderr);
		}
		/* what the command line sets is checked all the same */
		assert_int_equal(parse_config(text, "--expiration=5 --ip=::1 --debug --maxsize=1M"),
		                 SDD_OPTIONS_WRONG);
	}
}

static void a_file_that_cannot_be_read_is_refused(void **state)
{
	(void)state;
	assert_wrong("--config=/no/such/file");
	assert_non_null(strstr(said_on_stderr, "/no/such/file cannot be read: No such file"));
	assert_wrong("--config=/proc");
	assert_non_null(strstr(said_on_stderr, "/proc cannot be read: Is a directory"));
	assert_wrong("--config=/dev/zero"); /* it would never end; nor would a pipe */
	assert_wrong("--config=");
}

static void the_sample_with_its_comments_off_is_the_default(void **state)
{
	static char sample[SAID_MAX];
	struct sdd_options defaults;
	char *to = sample;

	(void)state;
	assert_int_equal(parse("--sample-config"), SDD_OPTIONS_EXIT);
	for (const char *line = said_on_stdout; *line != '\0';) {
		size_t length = strcspn(line, "\n") + 1;
		bool is_setting = line[0] == '#' && line[1] != ' ';

		memcpy(to, line + is_setting, length - is_setting);
		to += length - is_setting;
		line += length;
	}
	assert_good("--core=no");
	defaults = options; /* without a text of its own */
	assert_int_equal(parse_config(sample, ""), SDD_OPTIONS_OK);
	for (size_t i = 0; i < sdd_options_count; i++) {
		const struct sdd_option *option = &sdd_options_table[i];
		char setting[64];

		if (!option->is_command_line_only) {
			(void)snprintf(setting, sizeof(setting), "\n%s =", option->name);
			assert_non_null(strstr(sample, setting));
			if (!sdd_option_is_same(option, &options, &defaults)) {
				fail_msg("%s differs", option->name);
			}
		}
	}
}

static void a_configuration_can_be_checked_alone(void **state)
{
	(void)state;
	assert_int_equal(parse_config("expiration = 60\n", "--check-config"), SDD_OPTIONS_EXIT);
	assert_int_equal(parse_config("expiration = -1\n", "--check-config"), SDD_OPTIONS_WRONG);
}

/* }}} */

/* {{{ the command line as a whole */

static void all_options_can_stand_together(void **state)
{
	(void)state;
	assert_good("-i 127.0.0.2 -p 0 -s /run/s -b 5 -d /srv/d -r 1K -R 2K -m 3M -e 4 -t 5 -y never");
	assert_addresses("127.0.0.2");
	assert_string_equal(options.port, "0");
	assert_string_equal(options.unix_socket, "/run/s");
	assert_int_equal(options.backlog, 5);
	assert_string_equal(options.directory, "/srv/d");
	assert_int_equal(options.read_size, 1024);
	assert_int_equal(options.max_request_size, 2048);
	assert_int_equal(options.max_size, 3 * 1024 * 1024);
	assert_int_equal(options.expiration_ms, 4000);
	assert_int_equal(options.timeout, 5);
	assert_int_equal(options.sync, SDD_SYNC_NEVER);
}

static void the_last_of_two_counts(void **state)
{
	(void)state;
	assert_good("--port=1 --port=2");
	assert_string_equal(options.port, "2");
}

static void unknown_options_are_refused(void **state)
{
	static const char *const bad[] = {"--persist", "--persist=1", "-x", "-Dx", "--=1"};

	(void)state;
	ASSERT_ALL_WRONG("", bad);
}

static void options_without_their_value_are_refused(void **state)
{
	static const char *const bad[] = {"--ip", "--port", "--maxsize", "-p",
	                                  "-s",   "-y",     "--debug -e"};

	(void)state;
	ASSERT_ALL_WRONG("", bad);
}

static void extra_arguments_are_refused(void **state)
{
	static const char *const bad[] = {"extra",      "--debug extra", "extra --debug",
	                                  "-- --debug", "--port=1 2",    "-D -"};

	(void)state;
	ASSERT_ALL_WRONG("", bad);
}

static void a_refusal_names_the_option_and_the_value(void **state)
{
	(void)state;
	assert_wrong("--timeout=soon");
	assert_non_null(strstr(said_on_stderr, "--timeout"));
	assert_non_null(strstr(said_on_stderr, "\"soon\""));
	assert_wrong("--debug extra");
	assert_non_null(strstr(said_on_stderr, "\"extra\""));
}

static void help_is_given_on_stdout(void **state)
{
	static const char *const lines[] = {"--help", "-h", "--port=1 --help", ""};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		assert_int_equal(parse(lines[i]), SDD_OPTIONS_EXIT);
		assert_non_null(strstr(said_on_stdout, "--maxreadsize"));
		assert_string_equal(said_on_stderr, "");
	}
}

static void help_has_each_option(void **state)
{
	(void)state;
	assert_int_equal(parse("--help"), SDD_OPTIONS_EXIT);
	for (size_t i = 0; i < sdd_options_count; i++) {
		char name[64];

		(void)snprintf(name, sizeof(name), "--%s", sdd_options_table[i].name);
		assert_non_null(strstr(said_on_stdout, name));
	}
}

static void the_version_is_given_on_stdout(void **state)
{
	static const char *const lines[] = {"--version", "-V"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		assert_int_equal(parse(lines[i]), SDD_OPTIONS_EXIT);
		assert_string_equal(said_on_stdout, "sharedanced " SDD_VERSION "\n");
	}
}

/* }}} */

static int free_options(void **state)
{
	(void)state;
	sdd_options_free(&options);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_directory_it_says_what_to_give),
		cmocka_unit_test(the_defaults_are_upstreams_but_for_the_address),
		cmocka_unit_test(debug_is_off_by_default),
		cmocka_unit_test(ip_is_an_address),
		cmocka_unit_test(there_may_be_several_addresses),
		cmocka_unit_test(port_is_kept_as_text),
		cmocka_unit_test(unix_socket_is_a_path),
		cmocka_unit_test(http_is_an_address_and_port_or_a_path),
		cmocka_unit_test(what_http_may_take_is_not_for_the_rest),
		cmocka_unit_test(the_mode_of_the_unix_socket_is_octal),
		cmocka_unit_test(the_group_of_the_unix_socket_is_a_name_or_a_number),
		cmocka_unit_test(backlog_is_a_positive_int),
		cmocka_unit_test(directory_is_a_path),
		cmocka_unit_test(log_file_is_a_path),
		cmocka_unit_test(readsize_is_a_size),
		cmocka_unit_test(maxreadsize_is_a_size),
		cmocka_unit_test(maxsize_is_a_size),
		cmocka_unit_test(max_connections_is_a_positive_int),
		cmocka_unit_test(memory_is_twice_the_largest_request_at_least),
		cmocka_unit_test(size_suffixes_are_one_capital_letter),
		cmocka_unit_test(expiration_is_seconds_kept_as_milliseconds),
		cmocka_unit_test(timeout_is_seconds),
		cmocka_unit_test(sync_is_always_interval_or_never),
		cmocka_unit_test(busy_poll_is_microseconds_up_to_a_thousand),
		cmocka_unit_test(core_is_a_switch),
		cmocka_unit_test(a_lock_has_a_longest_lease_in_seconds),
		cmocka_unit_test(a_lock_has_a_bound_on_those_that_wait),
		cmocka_unit_test(debug_and_daemonize_are_switches),
		cmocka_unit_test(uid_and_gid_change_the_user),
		cmocka_unit_test(uids_and_gids_that_mean_nobody_are_refused),
		cmocka_unit_test(users_and_groups_have_names),
		cmocka_unit_test(a_user_without_a_group_gets_its_own),
		cmocka_unit_test(an_unknown_user_without_a_group_is_refused),
		cmocka_unit_test(a_group_alone_keeps_the_user),
		cmocka_unit_test(a_unix_socket_alone_turns_tcp_off),
		cmocka_unit_test(a_unix_socket_beside_a_port_or_an_address_leaves_tcp_on),
		cmocka_unit_test(a_configuration_file_sets_options),
		cmocka_unit_test(the_command_line_wins),
		cmocka_unit_test(a_wrong_line_is_named),
		cmocka_unit_test(a_file_that_cannot_be_read_is_refused),
		cmocka_unit_test(the_sample_with_its_comments_off_is_the_default),
		cmocka_unit_test(a_configuration_can_be_checked_alone),
		cmocka_unit_test(all_options_can_stand_together),
		cmocka_unit_test(the_last_of_two_counts),
		cmocka_unit_test(unknown_options_are_refused),
		cmocka_unit_test(options_without_their_value_are_refused),
		cmocka_unit_test(extra_arguments_are_refused),
		cmocka_unit_test(a_refusal_names_the_option_and_the_value),
		cmocka_unit_test(help_is_given_on_stdout),
		cmocka_unit_test(help_has_each_option),
		cmocka_unit_test(the_version_is_given_on_stdout),
	};

	return cmocka_run_group_tests(tests, NULL, free_options);
}
