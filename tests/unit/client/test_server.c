/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* A server's description: what is refused, what is made of it, and what it is called. */

#include <ctype.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>

#include "client/pool/server.h"
#include "tests/unit/guard.h"

static struct guard guard;

static int open_guard(void **state)
{
	(void)state;
	guard_open(&guard);
	return 0;
}

static int close_guard(void **state)
{
	(void)state;
	guard_close(&guard);
	return 0;
}

/* {{{ one call with all but one part good */

/* What came of a description. */
struct made {
	enum sd_status status;
	struct sd_server server;
	enum sd_server_part bad_part;
	struct sd_error error;
};

static struct made made;

static void make(const char *host, size_t host_length, int64_t port, double timeout, int64_t weight)
{
	memset(&made, 0x5a, sizeof(made));
	made.status = sd_server_init(&made.server, guard_copy(&guard, host, host_length), host_length,
	                             port, timeout, weight, &made.bad_part, &made.error);
}

static void make_with_host(const char *host)
{
	make(host, strlen(host), 1042, 10, 1);
}

/* `start` is how the text begins, which goes on after the part's name. */
static void assert_refused(enum sd_server_part part, const char *start)
{
	assert_int_equal(made.status, SD_BAD_SERVER);
	assert_int_equal(made.bad_part, part);
	assert_int_equal(made.error.status, SD_BAD_SERVER);
	if (strncmp(made.error.text, start, strlen(start)) != 0) {
		fail_msg("\"%s\" does not begin with \"%s\"", made.error.text, start);
	}
}

static void assert_text(const char *text)
{
	assert_string_equal(made.error.text, text);
}

/* }}} */

/* {{{ hosts */

static void a_good_description_becomes_a_server(void **state)
{
	(void)state;
	make("cache-1.example", 15, 1043, 2.5, 7);
	assert_int_equal(made.status, SD_OK);
	assert_string_equal(made.server.host, "cache-1.example");
	assert_int_equal(made.server.port, 1043);
	assert_int_equal(made.server.timeout_ms, 2500);
	assert_int_equal(made.server.weight, 7);
	assert_false(made.server.closed);
	assert_null(made.server.transport);
}

static void an_empty_host_is_refused(void **state)
{
	(void)state;
	make_with_host("");
	assert_refused(SD_SERVER_HOST, "must not be empty");
}

static void a_host_of_255_bytes_is_taken_whole(void **state)
{
	char host[256];

	(void)state;
	memset(host, 'h', 255);
	host[255] = '\0';
	make_with_host(host);
	assert_int_equal(made.status, SD_OK);
	assert_string_equal(made.server.host, host);
}

static void a_host_of_256_bytes_is_refused(void **state)
{
	char host[256];

	(void)state;
	memset(host, 'h', sizeof(host));
	make(host, sizeof(host), 1042, 10, 1);
	assert_refused(SD_SERVER_HOST, "must be at most 255 bytes long, ");
	assert_text("must be at most 255 bytes long, 256 given");
}

static bool is_refused_in_hosts(int byte)
{
	return byte >= 0x7f || (!isalnum(byte) && strchr("_.-", byte) == NULL) || byte == 0;
}

static void what_no_list_of_servers_can_have_in_a_host_is_refused(void **state)
{
	(void)state;
	for (int byte = 0; byte <= 0xff; byte++) {
		char host[] = {'a', 'b', (char)byte, 'c'};
		char start[100];

		if (byte == '@') {
			continue; /* the next test */
		}
		make(host, sizeof(host), 1042, 10, 1);
		if (!is_refused_in_hosts(byte)) {
			assert_int_equal(made.status, SD_OK);
			assert_memory_equal(made.server.host, host, sizeof(host));
			continue;
		}
		(void)snprintf(start, sizeof(start),
		               byte >= 0x20 && byte < 0x7f
		                   ? "must be a name, an address or unix:/path, '%c' found at offset 2"
		                   : "must be a name, an address or unix:/path, 0x%02x found at offset 2",
		               (unsigned)byte);
		assert_refused(SD_SERVER_HOST, start);
	}
}

static void an_ipv6_address_is_taken_with_and_without_brackets_and_with_a_zone(void **state)
{
	static const char *const good[] = {"::1", "[::1]", "fe80::1%eth0.5", "::ffff:127.0.0.1"};
	static const char *const bad[] = {"h:1042", "1:2", "[::1", "::1]",
	                                  "::1%",   "::g", "[]",   "1.2::"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(good); i++) {
		make_with_host(good[i]);
		assert_int_equal(made.status, SD_OK);
		assert_string_equal(made.server.host, good[i]);
	}
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		make_with_host(bad[i]);
		assert_refused(SD_SERVER_HOST, "must be a name, an address or unix:/path, '");
	}
}

static void a_user_and_a_password_in_a_host_are_refused_and_not_shown(void **state)
{
	static const char *const hosts[] = {"user:secret@h", "tcp://user:secret@h",     "secret@h",
	                                    "secret@",       "redis://:secret@[::1]:1", "h@unix:/s"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(hosts); i++) {
		char text[200];

		make_with_host(hosts[i]);
		(void)snprintf(
			text, sizeof(text),
			"must be a name, an address or unix:/path: there is no authentication, and so "
			"no user or password, '@' found at offset %zu",
			(size_t)(strchr(hosts[i], '@') - hosts[i]));
		assert_refused(SD_SERVER_HOST, text);
		assert_text(text);
	}
	make_with_host("unix:/run/a@b");
	assert_int_equal(made.status, SD_OK);
}

static void a_control_byte_anywhere_in_a_host_is_refused(void **state)
{
	(void)state;
	for (size_t bad = 0; bad < 255; bad++) {
		char host[255];
		char text[100];

		memset(host, 'h', sizeof(host));
		host[bad] = '\0';
		make(host, sizeof(host), 1042, 10, 1);
		(void)snprintf(text, sizeof(text),
		               "must be a name, an address or unix:/path, 0x00 found at offset %zu", bad);
		assert_refused(SD_SERVER_HOST, text);
		assert_text(text);
	}
}

/* }}} */

/* {{{ unix sockets */

static void a_unix_socket_has_a_path_and_no_port(void **state)
{
	(void)state;
	make("unix:/run/sharedanced.sock", 26, 1042, 10, 1);
	assert_int_equal(made.status, SD_OK);
	assert_string_equal(sd_server_unix_path(&made.server), "/run/sharedanced.sock");
	assert_int_equal(made.server.port, 0);
}

static void a_unix_sockets_port_is_ignored(void **state)
{
	static const int64_t ports[] = {INT64_MIN, -1, 0, 65536, INT64_MAX};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(ports); i++) {
		make("unix:/s", 7, ports[i], 10, 1);
		assert_int_equal(made.status, SD_OK);
		assert_int_equal(made.server.port, 0);
	}
}

static void a_unix_sockets_path_is_absolute(void **state)
{
	static const char *const hosts[] = {"unix:", "unix:s", "unix:./s", "unix:1042"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(hosts); i++) {
		make_with_host(hosts[i]);
		assert_refused(SD_SERVER_HOST, "must be an absolute path after unix:");
	}
}

static void a_unix_sockets_path_has_at_most_103_bytes(void **state)
{
	char host[5 + 104] = "unix:/";

	(void)state;
	memset(host + 6, 's', sizeof(host) - 6);
	make(host, 5 + 103, 0, 10, 1);
	assert_int_equal(made.status, SD_OK);
	assert_int_equal(strlen(sd_server_unix_path(&made.server)), 103);
	make(host, 5 + 104, 0, 10, 1);
	assert_refused(SD_SERVER_HOST, "must have at most 103 bytes after unix:");
	assert_text("must have at most 103 bytes after unix:, 104 given");
}

static void a_unix_sockets_path_may_have_spaces(void **state)
{
	(void)state;
	make_with_host("unix:/a path");
	assert_int_equal(made.status, SD_OK);
	assert_string_equal(sd_server_unix_path(&made.server), "/a path");
}

static void a_unix_sockets_path_has_no_control_bytes(void **state)
{
	(void)state;
	for (int byte = 0; byte <= 0x7f; byte++) {
		char host[] = {'u', 'n', 'i', 'x', ':', '/', (char)byte};

		if (byte >= 0x20 && byte != 0x7f) {
			continue;
		}
		make(host, sizeof(host), 1042, 10, 1);
		assert_refused(SD_SERVER_HOST, "must be a name, an address or unix:/path, 0x");
	}
}

static void a_server_on_tcp_has_no_path(void **state)
{
	static const char *const hosts[] = {"h", "unix", "unixx", "::1"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(hosts); i++) {
		make_with_host(hosts[i]);
		assert_int_equal(made.status, SD_OK);
		assert_null(sd_server_unix_path(&made.server));
		assert_int_equal(made.server.port, 1042);
	}
}

/* }}} */

/* {{{ ports, timeouts, weights */

static void ports_are_1_to_65535(void **state)
{
	static const int64_t good[] = {1, 1042, 65535};
	static const int64_t bad[] = {INT64_MIN, -1, 0, 65536, 65537, INT64_MAX};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(good); i++) {
		make("h", 1, good[i], 10, 1);
		assert_int_equal(made.status, SD_OK);
		assert_int_equal(made.server.port, good[i]);
	}
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		make("h", 1, bad[i], 10, 1);
		assert_refused(SD_SERVER_PORT, "must be between 1 and 65535, ");
	}
}

static void a_refused_port_is_named(void **state)
{
	(void)state;
	make("h", 1, 0, 10, 1);
	assert_text("must be between 1 and 65535, 0 given");
	make("h", 1, INT64_MIN, 10, 1);
	assert_text("must be between 1 and 65535, -9223372036854775808 given");
}

static void timeouts_that_are_no_time_are_refused(void **state)
{
	const double bad[] = {NAN, -NAN, INFINITY, -INFINITY, 0.0, -0.0, -1, -DBL_MIN, -DBL_MAX};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		make("h", 1, 1042, bad[i], 1);
		assert_refused(SD_SERVER_TIMEOUT, "must be greater than 0 and at most 1000000 seconds");
	}
}

static void timeouts_beyond_1000000_seconds_are_refused(void **state)
{
	const double bad[] = {nextafter(1000000, INFINITY), 1000001, 1e300, DBL_MAX};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		make("h", 1, 1042, bad[i], 1);
		assert_refused(SD_SERVER_TIMEOUT, "must be greater than 0 and at most 1000000 seconds");
	}
	make("h", 1, 1042, 1000000, 1);
	assert_int_equal(made.status, SD_OK);
	assert_int_equal(made.server.timeout_ms, 1000000000);
}

static void a_refused_timeout_is_named(void **state)
{
	(void)state;
	make("h", 1, 1042, -1.5, 1);
	assert_text("must be greater than 0 and at most 1000000 seconds");
}

static void a_refused_timeout_is_named_alike_in_all_locales(void **state)
{
	(void)state;
	if (setlocale(LC_NUMERIC, "de_DE.UTF-8") == NULL) {
		skip();
	}
	make("h", 1, 1042, -1.5, 1);
	(void)setlocale(LC_NUMERIC, "C");
	assert_text("must be greater than 0 and at most 1000000 seconds");
}

static void the_shortest_timeout_is_a_millisecond(void **state)
{
	const double short_ones[] = {DBL_TRUE_MIN, DBL_MIN, 1e-9, 0.0005, 0.001};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(short_ones); i++) {
		make("h", 1, 1042, short_ones[i], 1);
		assert_int_equal(made.status, SD_OK);
		assert_int_equal(made.server.timeout_ms, 1);
	}
}

static void timeouts_of_whole_milliseconds_are_kept(void **state)
{
	(void)state;
	for (int64_t ms = 1; ms <= 100000; ms++) {
		make("h", 1, 1042, (double)ms / 1000, 1);
		assert_int_equal(made.server.timeout_ms, ms);
	}
}

static void weights_are_1_to_65535(void **state)
{
	static const int64_t good[] = {1, 2, 65535};
	static const int64_t bad[] = {INT64_MIN, -1, 0, 65536, 4294967297, INT64_MAX};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(good); i++) {
		make("h", 1, 1042, 10, good[i]);
		assert_int_equal(made.status, SD_OK);
		assert_int_equal(made.server.weight, good[i]);
	}
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		make("h", 1, 1042, 10, bad[i]);
		assert_refused(SD_SERVER_WEIGHT, "must be between 1 and 65535, ");
	}
}

static void a_refused_weight_is_named(void **state)
{
	(void)state;
	make("h", 1, 1042, 10, 0);
	assert_text("must be between 1 and 65535, 0 given");
}

static void the_first_bad_part_is_the_one_reported(void **state)
{
	(void)state;
	make("", 0, 0, 0, 0);
	assert_refused(SD_SERVER_HOST, "");
	make("h", 1, 0, 0, 0);
	assert_refused(SD_SERVER_PORT, "");
	make("h", 1, 1, 0, 0);
	assert_refused(SD_SERVER_TIMEOUT, "");
	make("h", 1, 1, 1, 0);
	assert_refused(SD_SERVER_WEIGHT, "");
}

/* }}} */

/* {{{ whether two are one */

static bool are_same(const char *a, int64_t port_a, const char *b, int64_t port_b)
{
	struct sd_server other;

	make(b, strlen(b), port_b, 5, 2);
	assert_int_equal(made.status, SD_OK);
	other = made.server;
	make(a, strlen(a), port_a, 10, 1);
	assert_int_equal(made.status, SD_OK);
	assert_int_equal(sd_server_same(&made.server, &other), sd_server_same(&other, &made.server));
	return sd_server_same(&made.server, &other);
}

static void the_same_host_and_port_are_one_server_whatever_else_differs(void **state)
{
	(void)state;
	assert_true(are_same("h", 1, "h", 1)); /* timeout and weight differ */
}

static void hosts_are_compared_without_their_case(void **state)
{
	(void)state;
	assert_true(are_same("Cache.EXAMPLE", 1, "cAche.example", 1));
	assert_true(are_same("FE80::AB", 1, "fe80::ab", 1));
}

static void hosts_are_compared_alike_in_all_locales(void **state)
{
	bool same;

	(void)state;
	/* in Turkish the small letter of I is another */
	if (setlocale(LC_CTYPE, "tr_TR.UTF-8") == NULL) {
		skip();
	}
	same = are_same("CACHE-I", 1, "cache-i", 1);
	(void)setlocale(LC_CTYPE, "C");
	assert_true(same);
}

static void only_letters_have_a_case(void **state)
{
	const struct sd_server below = {.host = "h@", .port = 1}; /* none is made with it */
	const struct sd_server without = {.host = "h`", .port = 1};
	const struct sd_server bracket = {.host = "h[", .port = 1};
	const struct sd_server brace = {.host = "h{", .port = 1};

	(void)state;
	assert_false(sd_server_same(&below, &without));
	assert_false(sd_server_same(&bracket, &brace));
}

static void other_hosts_or_ports_are_other_servers(void **state)
{
	(void)state;
	assert_false(are_same("h", 1, "h", 2));
	assert_false(are_same("h", 1, "i", 1));
	assert_false(are_same("h", 1, "hh", 1));
}

static void unix_sockets_are_one_server_when_their_paths_are(void **state)
{
	(void)state;
	assert_true(are_same("unix:/s", 1, "unix:/s", 2));
	assert_false(are_same("unix:/s", 0, "unix:/t", 0));
	assert_false(are_same("unix:/s", 0, "unix:/ss", 0));
}

static void unix_paths_are_compared_with_their_case(void **state)
{
	(void)state;
	assert_false(are_same("unix:/s", 0, "unix:/S", 0));
}

static void a_unix_socket_is_no_server_on_tcp(void **state)
{
	(void)state;
	assert_false(are_same("unix:/s", 1042, "unix", 1042));
	assert_false(are_same("unix:/s", 1042, "h", 1042));
}

/* }}} */

/* {{{ names */

static const char *name_of(const char *host, int64_t port)
{
	static char name[SD_SERVER_NAME_MAX];

	make(host, strlen(host), port, 10, 1);
	assert_int_equal(made.status, SD_OK);
	assert_ptr_equal(sd_server_name(&made.server, name), name);
	return name;
}

static void a_server_on_tcp_is_named_by_host_and_port(void **state)
{
	(void)state;
	assert_string_equal(name_of("cache.example", 1042), "[cache.example:1042]");
	assert_string_equal(name_of("127.0.0.1", 1), "[127.0.0.1:1]");
	assert_string_equal(name_of("::1", 1042), "[::1:1042]");
}

static void a_unix_socket_is_named_by_its_path(void **state)
{
	(void)state;
	assert_string_equal(name_of("unix:/run/s", 1042), "[unix:/run/s]");
}

static void the_longest_name_is_not_cut(void **state)
{
	char host[256];
	char wanted[300];

	(void)state;
	memset(host, 'h', 255);
	host[255] = '\0';
	(void)snprintf(wanted, sizeof(wanted), "[%s:65535]", host);
	assert_string_equal(name_of(host, 65535), wanted);
}

static void a_percent_sign_in_a_host_is_a_plain_byte(void **state)
{
	(void)state;
	assert_string_equal(name_of("fe80::1%n", 1), "[fe80::1%n:1]");
	assert_string_equal(name_of("unix:/%n%s", 1), "[unix:/%n%s]");
}

/* }}} */

static void a_protocol_is_one_of_three_words_and_else_to_be_found_out(void **state)
{
	static const char *const refused[] = {"", "Meta", "met", "metal", "unknown", "tls"};

	(void)state;
	make_with_host("a");
	assert_int_equal(made.server.protocol, SD_PROTOCOL_UNKNOWN);
	assert_null(sd_protocol_name(made.server.protocol));
	for (size_t i = 0; i < COUNT_OF(refused); i++) {
		assert_int_equal(
			sd_server_read_protocol(&made.server, refused[i], strlen(refused[i]), &made.error),
			SD_BAD_SERVER);
		assert_string_equal(made.error.text, "must be meta, memcached or classic");
		assert_int_equal(made.server.protocol, SD_PROTOCOL_UNKNOWN);
	}
	assert_int_equal(sd_server_read_protocol(&made.server, "classic", 7, &made.error), SD_OK);
	assert_string_equal(sd_protocol_name(made.server.protocol), "classic");
	assert_int_equal(sd_server_read_protocol(&made.server, "memcached", 9, &made.error), SD_OK);
	assert_string_equal(sd_protocol_name(made.server.protocol), "meta");
	assert_int_equal(sd_server_read_protocol(&made.server, "meta", 4, &made.error), SD_OK);
	assert_string_equal(sd_protocol_name(made.server.protocol), "meta");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_description_becomes_a_server),
		cmocka_unit_test(an_empty_host_is_refused),
		cmocka_unit_test(a_host_of_255_bytes_is_taken_whole),
		cmocka_unit_test(a_host_of_256_bytes_is_refused),
		cmocka_unit_test(what_no_list_of_servers_can_have_in_a_host_is_refused),
		cmocka_unit_test(an_ipv6_address_is_taken_with_and_without_brackets_and_with_a_zone),
		cmocka_unit_test(a_user_and_a_password_in_a_host_are_refused_and_not_shown),
		cmocka_unit_test(a_control_byte_anywhere_in_a_host_is_refused),
		cmocka_unit_test(a_unix_socket_has_a_path_and_no_port),
		cmocka_unit_test(a_unix_sockets_port_is_ignored),
		cmocka_unit_test(a_unix_sockets_path_is_absolute),
		cmocka_unit_test(a_unix_sockets_path_has_at_most_103_bytes),
		cmocka_unit_test(a_unix_sockets_path_may_have_spaces),
		cmocka_unit_test(a_unix_sockets_path_has_no_control_bytes),
		cmocka_unit_test(a_server_on_tcp_has_no_path),
		cmocka_unit_test(ports_are_1_to_65535),
		cmocka_unit_test(a_refused_port_is_named),
		cmocka_unit_test(timeouts_that_are_no_time_are_refused),
		cmocka_unit_test(timeouts_beyond_1000000_seconds_are_refused),
		cmocka_unit_test(a_refused_timeout_is_named),
		cmocka_unit_test(a_refused_timeout_is_named_alike_in_all_locales),
		cmocka_unit_test(the_shortest_timeout_is_a_millisecond),
		cmocka_unit_test(timeouts_of_whole_milliseconds_are_kept),
		cmocka_unit_test(weights_are_1_to_65535),
		cmocka_unit_test(a_refused_weight_is_named),
		cmocka_unit_test(the_first_bad_part_is_the_one_reported),
		cmocka_unit_test(the_same_host_and_port_are_one_server_whatever_else_differs),
		cmocka_unit_test(hosts_are_compared_without_their_case),
		cmocka_unit_test(hosts_are_compared_alike_in_all_locales),
		cmocka_unit_test(only_letters_have_a_case),
		cmocka_unit_test(other_hosts_or_ports_are_other_servers),
		cmocka_unit_test(unix_sockets_are_one_server_when_their_paths_are),
		cmocka_unit_test(unix_paths_are_compared_with_their_case),
		cmocka_unit_test(a_unix_socket_is_no_server_on_tcp),
		cmocka_unit_test(a_server_on_tcp_is_named_by_host_and_port),
		cmocka_unit_test(a_unix_socket_is_named_by_its_path),
		cmocka_unit_test(the_longest_name_is_not_cut),
		cmocka_unit_test(a_percent_sign_in_a_host_is_a_plain_byte),
		cmocka_unit_test(a_protocol_is_one_of_three_words_and_else_to_be_found_out),
	};

	return cmocka_run_group_tests(tests, open_guard, close_guard);
}
