/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Lists of servers as text: the forms of the grammar in server_list.h, and what is wrong where. */

#include <locale.h>
#include <stdbool.h>
#include <stdio.h>

#include "client/pool/server_list.h"
#include "tests/unit/guard.h"

#define TEXT_MAX 1024 /* bytes of a list */
#define SERVERS_MAX 4

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

/* {{{ reading */

static struct sd_error error;

/* The list with its NUL at the end of a page. */
static struct sd_server_list list_of(const char *text, size_t length)
{
	char *copy = guard_room(&guard, length + 1);

	memcpy(copy, text, length);
	return (struct sd_server_list){.text = copy, .length = length};
}

static enum sd_status check_bytes(const char *text, size_t length)
{
	struct sd_server_list list = list_of(text, length);

	memset(&error, 0x5a, sizeof(error));
	return sd_server_list_check(list.text, list.length, &error);
}

static enum sd_status check(const char *text)
{
	return check_bytes(text, strlen(text));
}

struct wanted {
	const char *host;
	uint16_t port;
	double timeout;
	uint32_t weight;
};

static void assert_next(struct sd_server_list *list, const struct wanted *wanted)
{
	struct sd_server server;
	double timeout = -1;

	assert_int_equal(sd_server_list_next(list, &server, &timeout, &error), SD_OK);
	assert_string_equal(server.host, wanted->host);
	assert_int_equal(server.port, wanted->port);
	assert_int_equal(server.weight, wanted->weight);
	assert_true(timeout == wanted->timeout);
	assert_int_equal(server.timeout_ms, (int64_t)(wanted->timeout * 1000 + 0.5));
}

static void assert_end(struct sd_server_list *list)
{
	struct sd_server server;
	double timeout;

	assert_int_equal(sd_server_list_next(list, &server, &timeout, &error), SD_ABSENT);
	assert_int_equal(sd_server_list_next(list, &server, &timeout, &error), SD_ABSENT);
}

static void assert_one(const char *text, const char *host, uint16_t port, double timeout,
                       uint32_t weight)
{
	struct wanted wanted = {host, port, timeout, weight};
	struct sd_server_list list;

	if (check(text) != SD_OK) {
		fail_msg("%s: %s", text, error.text);
	}
	list = list_of(text, strlen(text));
	assert_next(&list, &wanted);
	assert_end(&list);
}

/* }}} */

/* {{{ refusals */

/* The offset that a refusal ends with. */
static size_t offset_in_error(void)
{
	const char *found = strstr(error.text, " at offset ");
	size_t offset = 0;
	int end = 0;

	/* a list's own text may be quoted ahead of it: the last counts */
	for (const char *next = found; next != NULL; next = strstr(found + 1, " at offset ")) {
		found = next;
	}
	if (found == NULL || sscanf(found, " at offset %zu%n", &offset, &end) != 1 ||
	    found[end] != '\0') {
		fail_msg("no offset at the end of \"%s\"", error.text);
	}
	return offset;
}

static void assert_error(enum sd_status status, const char *text, size_t length, size_t offset)
{
	static const char start[] = "must be a list of servers: ";

	if (check_bytes(text, length) != status) {
		fail_msg("%s: status %d wanted, not what came of it", text, (int)status);
	}
	assert_int_equal(error.status, status);
	if (strncmp(error.text, start, strlen(start)) != 0 || offset_in_error() != offset) {
		fail_msg("%s: \"%s\", but offset %zu wanted", text, error.text, offset);
	}
}

static void assert_refused(const char *text, size_t offset)
{
	assert_error(SD_BAD_SERVER, text, strlen(text), offset);
}

static void assert_duplicate(const char *text, size_t offset)
{
	assert_error(SD_DUPLICATE, text, strlen(text), offset);
}

/* Each text is wrong at the place of its '^', which is taken out. */
static void assert_all_refused(const char *const *texts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *mark = strchr(texts[i], '^');
		char text[TEXT_MAX];

		assert_non_null(mark);
		(void)snprintf(text, sizeof(text), "%.*s%s", (int)(mark - texts[i]), texts[i], mark + 1);
		assert_refused(text, (size_t)(mark - texts[i]));
	}
}

/* }}} */

/* {{{ accepted forms */

static void a_host_alone_gets_the_defaults(void **state)
{
	(void)state;
	assert_one("cache.example", "cache.example", 1042, 10, 1);
}

static void hosts_are_names_ipv4_or_ipv6_addresses(void **state)
{
	(void)state;
	assert_one("a", "a", 1042, 10, 1);
	assert_one("_my-host_2.example", "_my-host_2.example", 1042, 10, 1);
	assert_one("127.0.0.1", "127.0.0.1", 1042, 10, 1);
	assert_one("[::1]", "::1", 1042, 10, 1);
	assert_one("[2001:DB8::0a]", "2001:DB8::0a", 1042, 10, 1);
	assert_one("[::ffff:127.0.0.1]", "::ffff:127.0.0.1", 1042, 10, 1);
	assert_one("[fe80::1%eth0.1]", "fe80::1%eth0.1", 1042, 10, 1);
}

static void tcp_may_stand_before_a_host_in_any_case(void **state)
{
	(void)state;
	assert_one("tcp://a", "a", 1042, 10, 1);
	assert_one("TCP://a:1", "a", 1, 10, 1);
	assert_one("tcp://[::1]:2", "::1", 2, 10, 1);
	assert_one("tcp://unix:1", "unix", 1, 10, 1);
	assert_one("tcp:1", "tcp", 1, 10, 1);
}

static void a_port_and_a_weight_may_follow_a_host(void **state)
{
	(void)state;
	assert_one("a:1", "a", 1, 10, 1);
	assert_one("a:65535", "a", 65535, 10, 1);
	assert_one("a:0001042", "a", 1042, 10, 1);
	assert_one("a:1:1", "a", 1, 10, 1);
	assert_one("a:1:65535", "a", 1, 10, 65535);
	assert_one("[::1]:1:3", "::1", 1, 10, 3);
}

static void weight_and_timeout_may_be_parameters_in_any_order(void **state)
{
	(void)state;
	assert_one("a?weight=3", "a", 1042, 10, 3);
	assert_one("a?timeout=3", "a", 1042, 3, 1);
	assert_one("a?weight=2&timeout=3", "a", 1042, 3, 2);
	assert_one("a?timeout=3&weight=2", "a", 1042, 3, 2);
	assert_one("a:1:2?timeout=3", "a", 1, 3, 2);
	assert_one("tcp://[::1]:1?weight=2", "::1", 1, 10, 2);
	assert_one("unix:/s?weight=2&timeout=3", "unix:/s", 0, 3, 2);
}

static void assert_protocol(const char *text, enum sd_protocol protocol)
{
	struct sd_server_list list = list_of(text, strlen(text));
	struct sd_server server;
	double timeout;

	assert_int_equal(sd_server_list_next(&list, &server, &timeout, &error), SD_OK);
	assert_int_equal(server.protocol, protocol);
	assert_int_equal(server.weight, 2);
	assert_true(timeout == 3);
}

static void a_protocol_may_be_a_parameter_among_the_others(void **state)
{
	static const char *const refused[] = {
		"a?protocol=^",           "a?protocol=^Meta",
		"a?protocol=^metal",      "a?protocol=^met",
		"a?weight=2&protocol=^x", "a?protocol=meta&^protocol=meta",
		"a?protocol^",            "a?protocol=meta^;",
	};

	(void)state;
	assert_protocol("a?weight=2&timeout=3", SD_PROTOCOL_UNKNOWN);
	assert_protocol("a?protocol=meta&weight=2&timeout=3", SD_PROTOCOL_META);
	assert_protocol("a:1:2?timeout=3&protocol=memcached", SD_PROTOCOL_META);
	assert_protocol("unix:/s?weight=2&protocol=classic&timeout=3", SD_PROTOCOL_CLASSIC);
	assert_all_refused(refused, COUNT_OF(refused));
}

static void timeouts_are_decimal_numbers_of_seconds(void **state)
{
	(void)state;
	assert_one("a?timeout=0.5", "a", 1042, 0.5, 1);
	assert_one("a?timeout=0.001", "a", 1042, 0.001, 1);
	assert_one("a?timeout=00.50", "a", 1042, 0.5, 1);
	assert_one("a?timeout=12.25", "a", 1042, 12.25, 1);
	assert_one("a?timeout=1000000", "a", 1042, 1000000, 1);
	assert_one("a?timeout=1000000.000", "a", 1042, 1000000, 1);
}

static void a_unix_socket_is_a_path_with_or_without_slashes_before_it(void **state)
{
	(void)state;
	assert_one("unix:/run/s.sock", "unix:/run/s.sock", 0, 10, 1);
	assert_one("unix:///run/s.sock", "unix:/run/s.sock", 0, 10, 1);
	assert_one("UNIX:/s", "unix:/s", 0, 10, 1);
	assert_one("unix:////s", "unix://s", 0, 10, 1);
}

static void a_colon_in_a_path_is_a_part_of_it(void **state)
{
	(void)state;
	assert_one("unix:/s:1042:3", "unix:/s:1042:3", 0, 10, 1);
}

static void bytes_of_a_path_may_be_percent_encoded(void **state)
{
	(void)state;
	assert_one("unix:/a%2Cb", "unix:/a,b", 0, 10, 1);
	assert_one("unix:/a%2cb", "unix:/a,b", 0, 10, 1);
	assert_one("unix:/a%3Fb%25c", "unix:/a?b%c", 0, 10, 1);
	assert_one("unix:/a%20b", "unix:/a b", 0, 10, 1);
	assert_one("unix:%2Fs", "unix:/s", 0, 10, 1);
	assert_one("unix:/%C3%a9\xc3\xa9", "unix:/\xc3\xa9\xc3\xa9", 0, 10, 1);
	assert_one("unix:/%252C", "unix:/%2C", 0, 10, 1); /* decoded once */
}

static void every_byte_of_a_path_but_control_bytes_can_be_encoded(void **state)
{
	(void)state;
	for (unsigned byte = 0; byte <= 0xff; byte++) {
		char text[20];
		char host[10];

		(void)snprintf(text, sizeof(text), "unix:/%%%02X", byte);
		(void)snprintf(host, sizeof(host), "unix:/%c", (int)byte);
		if (byte < 0x20 || byte == 0x7f) {
			assert_refused(text, 0);
		} else {
			assert_one(text, host, 0, 10, 1);
		}
	}
}

static void commas_separate_servers_in_their_order(void **state)
{
	static const char text[] = "a:1:2,[::1]:3?timeout=4,unix:/s,tcp://b?weight=5&timeout=0.5";
	static const struct wanted wanted[] = {
	    {"a", 1, 10, 2},
	    {"::1", 3, 4, 1},
	    {"unix:/s", 0, 10, 1},
	    {"b", 1042, 0.5, 5},
	};
	struct sd_server_list list;

	(void)state;
	assert_int_equal(check(text), SD_OK);
	list = list_of(text, strlen(text));
	for (size_t i = 0; i < COUNT_OF(wanted); i++) {
		assert_next(&list, &wanted[i]);
	}
	assert_end(&list);
}

static void white_space_around_servers_is_skipped(void **state)
{
	static const char text[] = " \t\r\n a:1 \n,\t[::1] , \r\n unix:/s ";
	static const struct wanted wanted[] = {
	    {"a", 1, 10, 1}, {"::1", 1042, 10, 1}, {"unix:/s", 0, 10, 1}};
	struct sd_server_list list;

	(void)state;
	assert_int_equal(check(text), SD_OK);
	list = list_of(text, strlen(text));
	for (size_t i = 0; i < COUNT_OF(wanted); i++) {
		assert_next(&list, &wanted[i]);
	}
	assert_end(&list);
}

static void a_walk_tells_where_each_server_began(void **state)
{
	static const char text[] = " a ,\tb,c";
	static const size_t offsets[] = {1, 5, 7};
	struct sd_server_list list = list_of(text, strlen(text));
	struct sd_server server;
	double timeout;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(offsets); i++) {
		assert_int_equal(sd_server_list_next(&list, &server, &timeout, &error), SD_OK);
		assert_int_equal(list.offset, offsets[i]);
	}
	assert_end(&list);
}

static void the_same_host_on_other_ports_is_no_duplicate(void **state)
{
	(void)state;
	assert_int_equal(check("a:1,a:2,a"), SD_OK);
	assert_int_equal(check("unix:/s,unix:/S"), SD_OK);
}

static void a_list_may_have_hundreds_of_servers(void **state)
{
	char text[500 * 10] = "";
	size_t length = 0;

	(void)state;
	for (int i = 0; i < 500; i++) {
		length += (size_t)sprintf(text + length, "%sh%d", i == 0 ? "" : ",", i);
	}
	assert_int_equal(check(text), SD_OK);
	length += (size_t)sprintf(text + length, ",h250");
	assert_duplicate(text, length - 4);
}

/* }}} */

/* {{{ refused forms */

static void an_empty_list_is_refused(void **state)
{
	(void)state;
	assert_refused("", 0);
	assert_refused(" ", 1);
	assert_refused(" \t\r\n", 4);
}

static void empty_places_between_commas_are_refused(void **state)
{
	static const char *const texts[] = {"^,", "^,a", " ^,a", "a^,", "a,^,b", "a, ^,b", "a, ^"};

	(void)state;
	assert_all_refused(texts, COUNT_OF(texts));
}

static void white_space_within_a_server_is_refused(void **state)
{
	static const char *const texts[] = {
	    "a ^b",         "a ^:1",        "a:^ 1",        "a:1 ^:2",
	    "a:1:^ 2",      "a ^?weight=1", "a?^ weight=1", "a?weight^ =1",
	    "a?weight=^ 1", "tcp://^ a",    "unix:^ /s",    "a?weight=1 ^&timeout=1",
	    "unix:/s ^t",   "^[ ::1]",      "tcp:^/ /a", /* "tcp" is a host then, before its port */
	};

	(void)state;
	assert_all_refused(texts, COUNT_OF(texts));
}

static void brackets_stand_in_pairs_around_an_address(void **state)
{
	static const char *const texts[] = {
	    "^[::1", "^[::1:1042", "^[::1,b",    "^::1",    "^::1]",    "^[]",     "^[",     "^]",
	    "a^]",   "[::1]^]",    "[::1]^1042", "[::1]^x", "^[[::1]]", "^[::1%]", "^[::g]",
	};

	(void)state;
	assert_all_refused(texts, COUNT_OF(texts));
}

static void brackets_hold_an_ipv6_address_and_nothing_else(void **state)
{
	static const char *const texts[] = {"^[beef]", "^[127.0.0.1]", "^[.]", "^[:]"};

	(void)state;
	assert_all_refused(texts, COUNT_OF(texts));
}

/* Wherever the "@" stands, and whatever the password is made of: no byte of it is in the text, be
 * it in hex. */
static void a_user_and_a_password_are_refused_and_not_shown(void **state)
{
	static const char *const texts[] = {
		"user:secret^@h",
		"tcp://user:secret^@h",
		"TCP://secret^@h:1",
		"user:secret^@h:1",
		"secret^@",
		"a:1, user:secret^@h",
		"a:1,user:secret^@h",
		"user:99999^@h",
		"user:99999,secret^@h",
		"user:1:99999,secret^@h",
		"user:1?secret^@h",
		"user:1?secret=1^@h",
		"user:,secret^@h",
		"user:s,s,unix,secret^@h",
		"redis://:secret^@h",
		"user:secret^@h@secret",
		"user:unix:secret^@h",
		"user:secret\xff^@h",
		"a,secret^@h, unix:/a@b",
	};

	(void)state;
	assert_all_refused(texts, COUNT_OF(texts));
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		char text[TEXT_MAX];
		const char *mark = strchr(texts[i], '^');

		(void)snprintf(text, sizeof(text), "%.*s%s", (int)(mark - texts[i]), texts[i], mark + 1);
		assert_int_equal(check(text), SD_BAD_SERVER);
		assert_null(strstr(error.text, "secret"));
		assert_null(strstr(error.text, "user:"));
		assert_null(strstr(error.text, "9999"));
		assert_null(strstr(error.text, "0x"));
		assert_non_null(strstr(error.text, "there is no authentication"));
	}
}

/* A path may have one. */
static void an_at_sign_in_a_path_is_a_part_of_it(void **state)
{
	static const char *const texts[] = {"unix:/a@b", "a:1,unix:/a@b,c", "a:1 , UNIX:///a@b",
	                                    "unix:/a@b,unix:/c@d"};
	static const char *const refused[] = {"a:^x, unix:/a@b", "a:^x,unix:/a@b", "a:1,unix:^,b"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		assert_int_equal(check(texts[i]), SD_OK);
	}
	assert_all_refused(refused, COUNT_OF(refused));
}

static void hosts_that_are_none_are_refused(void **state)
{
	static const char *const texts[] = {
	    "^-a",       "^.a",       "^:1",     "^?weight=1", "^/s",        "tcp://^",
	    "tcp://^:1", "tcp://^/a", "tcp:^/a", "a^/b",       "a^@b",       "http:^//a",
	    "^%61",      "a^%61",     "^\"a\"",  "^\xc3\xa9",  "a^\xc3\xa9",
	};

	(void)state;
	assert_all_refused(texts, COUNT_OF(texts));
}

static void ports_beyond_1_to_65535_are_refused(void **state)
{
	static const char *const texts[] = {"a:^0", "a:^65536", "a:^-1", "[::1]:^0", "b,a:^70000:2"};

	(void)state;
	assert_all_refused(texts, COUNT_OF(texts));
}

static void ports_that_are_no_integers_are_refused(void **state)
{
	static const char *const texts[] = {"a:^",          "a:^x",   "a:^http", "a:1^x",   "a:^+1",
	                                    "a:1^.0",       "a:^,b",  "a:^-",    "a:0^x10", "a:^:3",
	                                    "a:^?weight=1", "a:^--1", "[::1]:^x"};

	(void)state;
	assert_all_refused(texts, COUNT_OF(texts));
}

static void weights_beyond_1_to_65535_are_refused(void **state)
{
	static const char *const texts[] = {
	    "a:1:^0",       "a:1:^-1",         "a:1:^65536",        "a?weight=^0",
	    "a?weight=^-1", "a?weight=^65536", "unix:/s?weight=^0", "b,a?timeout=1&weight=^0",
	};

	(void)state;
	assert_all_refused(texts, COUNT_OF(texts));
}

static void weights_that_are_no_integers_are_refused(void **state)
{
	static const char *const texts[] = {
	    "a:1:^",       "a:1:^x",       "a:1:2^x",       "a:1:2^:3",     "a?weight=^",
	    "a?weight=^x", "a?weight=1^x", "a?weight=1^.5", "a?weight=^+1", "a?weight=^,b"};

	(void)state;
	assert_all_refused(texts, COUNT_OF(texts));
}

static void timeouts_that_are_no_time_are_refused(void **state)
{
	static const char *const texts[] = {
	    "a?timeout=^0",    "a?timeout=^0.0",     "a?timeout=^-0",        "a?timeout=^-1",
	    "a?timeout=^-0.5", "a?timeout=^1000001", "a?timeout=^1000000.1", "unix:/s?timeout=^0",
	};

	(void)state;
	assert_all_refused(texts, COUNT_OF(texts));
}

static void timeouts_in_any_other_form_are_refused(void **state)
{
	static const char *const texts[] = {
	    "a?timeout=^",      "a?timeout=^nan",   "a?timeout=^inf",  "a?timeout=1^e3",
	    "a?timeout=0^x10",  "a?timeout=^.5",    "a?timeout=5^.",   "a?timeout=^+1",
	    "a?timeout=1^s",    "a?timeout=1.5^.5", "a?timeout=1^.-5", "a?timeout=^,5",
	    "a?timeout=1.5^e3",
	};

	(void)state;
	assert_all_refused(texts, COUNT_OF(texts));
}

static void unknown_parameters_are_refused(void **state)
{
	static const char *const texts[] = {
	    "a?^x=1",           "a?^Weight=1",     "a?^weights=1",  "a?^weigh=1",
	    "a?^persist",       "a?weight=1&^x=1", "a?^timeouts=1", "unix:/s?^database=1",
	    "b,a:1:2?^retry=1", "a?^weight.x=1",
	};

	(void)state;
	assert_all_refused(texts, COUNT_OF(texts));
}

static void a_long_unknown_parameter_is_cut_in_the_text(void **state)
{
	char text[TEXT_MAX];

	(void)state;
	(void)snprintf(text, sizeof(text), "a?%0900d=1", 0);
	assert_refused(text, 2);
}

static void parameters_without_their_punctuation_are_refused(void **state)
{
	static const char *const texts[] = {
	    "a?^",
	    "a?^&weight=1",
	    "a?weight=1&^",
	    "a?weight^",
	    "a?weight^,b",
	    "a?^=1",
	    "a?weight^:1",
	    "a?weight=1^;timeout=1",
	    "a?weight=1^?timeout=1",
	    "a?weight=1&^&timeout=1",
	    "a^&weight=1",
	    "a?weight^&timeout=1",
	    "a?weight=^=1",
	};

	(void)state;
	assert_all_refused(texts, COUNT_OF(texts));
}

static void a_parameter_given_twice_is_refused(void **state)
{
	static const char *const texts[] = {
	    "a?weight=1&^weight=1", "a?timeout=1&^timeout=2",    "a?timeout=1&weight=1&^timeout=1",
	    "a:1:2?^weight=2",      "a:1:2?timeout=1&^weight=2", "unix:/s?weight=1&^weight=1",
	};

	(void)state;
	assert_all_refused(texts, COUNT_OF(texts));
}

static void paths_that_are_not_absolute_are_refused(void **state)
{
	(void)state;
	assert_refused("unix:s", 0);
	assert_refused("unix:./s", 0);
	assert_refused("unix://s", 0);
	assert_refused("unix:1042", 0);
	assert_refused("b, unix:s", 3);
}

static void empty_and_broken_paths_are_refused(void **state)
{
	static const char *const texts[] = {
	    "unix:^",      "unix://^",     "unix:^,b",     "unix:^?weight=1",
	    "unix:^%",     "unix:/s^%",    "unix:/s^%2",   "unix:/s^%2x",
	    "unix:/s^%x2", "unix:/s^%%41", "unix:/s^\x7f", "unix:/s^\x01",
	};

	(void)state;
	assert_all_refused(texts, COUNT_OF(texts));
}

static void a_path_of_103_bytes_is_the_longest(void **state)
{
	char text[TEXT_MAX];

	(void)state;
	(void)snprintf(text, sizeof(text), "unix:/%0102d", 0);
	assert_int_equal(check(text), SD_OK);
	(void)snprintf(text, sizeof(text), "unix:/%0103d", 0);
	assert_refused(text, 0);
	(void)snprintf(text, sizeof(text), "unix:/%0101d%%41", 0); /* encoded bytes count once */
	assert_int_equal(check(text), SD_OK);
	(void)snprintf(text, sizeof(text), "unix:/%0900d", 0);
	assert_refused(text, 0);
}

static void a_host_of_255_bytes_is_the_longest(void **state)
{
	char text[TEXT_MAX];

	(void)state;
	(void)snprintf(text, sizeof(text), "%0255d", 0);
	assert_int_equal(check(text), SD_OK);
	(void)snprintf(text, sizeof(text), "b,%0256d", 0);
	assert_refused(text, 2);
	(void)snprintf(text, sizeof(text), "b,%0900d", 0);
	assert_refused(text, 2);
}

static void huge_numbers_are_refused(void **state)
{
	static const char *const texts[] = {
	    "a:^4294967297",
	    "a:^9223372036854775807",
	    "a:^9223372036854775808",
	    "a:^18446744073709551617",
	    "a:^99999999999999999999999999999999999999999",
	    "a:^-9223372036854775808",
	    "a:^-99999999999999999999999999999999999999999",
	    "a:1:^4294967297",
	    "a:1:^18446744073709551617",
	    "a:1:^99999999999999999999999999999999999999999",
	    "a?weight=^18446744073709551617",
	    "a?timeout=^99999999999999999999999999999999999999999",
	    "a?timeout=^99999999999999999999999999999999999999999.5",
	};

	(void)state;
	assert_all_refused(texts, COUNT_OF(texts));
}

static void numbers_of_hundreds_of_digits_are_refused(void **state)
{
	char text[TEXT_MAX];

	(void)state;
	(void)snprintf(text, sizeof(text), "a:1%0900d", 0);
	assert_refused(text, 2);
	(void)snprintf(text, sizeof(text), "a:1:1%0900d", 0);
	assert_refused(text, 4);
	(void)snprintf(text, sizeof(text), "a?timeout=1%0900d", 0);
	assert_refused(text, 10);
	(void)snprintf(text, sizeof(text), "a?timeout=-1%0900d", 0);
	assert_refused(text, 10);
}

static void leading_zeros_make_no_number_huge(void **state)
{
	char text[TEXT_MAX];

	(void)state;
	(void)snprintf(text, sizeof(text), "a:%0300d:%0300d?timeout=%0300d", 7, 8, 9);
	assert_one(text, "a", 7, 9, 8);
}

static void a_timeout_may_have_hundreds_of_decimals(void **state)
{
	char text[TEXT_MAX];

	(void)state;
	(void)snprintf(text, sizeof(text), "a?timeout=1.5%0400d", 0);
	assert_one(text, "a", 1042, 1.5, 1);
}

static void a_timeout_that_is_0_but_for_its_last_decimals_is_no_crash(void **state)
{
	char text[TEXT_MAX];

	(void)state;
	(void)snprintf(text, sizeof(text), "a?timeout=0.%0900d", 1);
	if (check(text) != SD_OK) {
		assert_int_equal(offset_in_error(), 10);
	}
}

/* }}} */

/* {{{ duplicates */

static void a_server_twice_is_refused_where_it_is_again(void **state)
{
	(void)state;
	assert_duplicate("a,a", 2);
	assert_duplicate("a,b,c,b", 6);
	assert_duplicate("a:1:2,b, a:1", 9);
	assert_duplicate("a,a:1042", 2);
	assert_duplicate("a,tcp://a", 2);
	assert_duplicate("a?weight=1,a?weight=2&timeout=3", 11);
	assert_duplicate("[::1],tcp://[::1]:1042", 6);
	assert_duplicate("unix:/s,unix:/s", 8);
	assert_duplicate("unix:/s,unix:///s?weight=2", 8);
}

static void a_host_in_another_case_is_a_duplicate(void **state)
{
	(void)state;
	assert_duplicate("cache.example,b,Cache.EXAMPLE", 16);
	assert_duplicate("[fe80::a],[FE80::A]", 10);
}

static void a_path_in_percent_encoding_is_a_duplicate(void **state)
{
	(void)state;
	assert_duplicate("unix:/s,unix:/%73", 8);
	assert_duplicate("unix:/a%2Cb,unix:/a%2cb", 12);
	assert_duplicate("unix:/s,unix:%2Fs", 8);
}

static void the_duplicate_is_named(void **state)
{
	(void)state;
	assert_duplicate("Cache.example:1,cache.EXAMPLE:1", 16);
	assert_non_null(strstr(error.text, "[cache.EXAMPLE:1]"));
}

static void the_longest_duplicate_is_reported_whole(void **state)
{
	char text[TEXT_MAX];

	(void)state;
	(void)snprintf(text, sizeof(text), "%0255d:65535,%0255d:65535", 0, 0);
	assert_duplicate(text, 262);
}

/* }}} */

/* {{{ bytes at random places */

static const char good_list[] =
    "tcp://a.example:1042:2?timeout=0.5, [fe80::1%eth0]:1043?weight=3&timeout=2 ,b ,"
    "unix:///tmp/s%2Ck:1?weight=1";

/* Walks as a caller would who did not check first; returns how the walk ended. */
static enum sd_status walk(const char *text, size_t length)
{
	struct sd_server_list list = list_of(text, length);
	enum sd_status status = SD_OK;
	size_t count = 0;

	for (; status == SD_OK; count++) {
		struct sd_server server;
		size_t before = list.cursor;
		double timeout;

		status = sd_server_list_next(&list, &server, &timeout, &error);
		if (status == SD_OK) {
			assert_true(list.cursor > before);
			assert_in_range(list.offset, before, list.cursor);
		}
		assert_in_range(list.cursor, before, length);
		assert_in_range(count, 0, length + 1);
	}
	return status;
}

/* Whatever the bytes are: a list, or an error with an offset within them. */
static enum sd_status assert_list_or_error(const char *text, size_t length)
{
	enum sd_status status = check_bytes(text, length);
	size_t offset;

	if (status == SD_OK) {
		assert_int_equal(walk(text, length), SD_ABSENT);
		return status;
	}
	assert_true(status == SD_BAD_SERVER || status == SD_DUPLICATE);
	offset = offset_in_error();
	assert_in_range(offset, 0, length);
	if (status == SD_BAD_SERVER) {
		assert_int_equal(walk(text, length), SD_BAD_SERVER);
	}
	return status;
}

static size_t insert(char *out, const char *text, size_t length, size_t at, int byte)
{
	memcpy(out, text, at);
	out[at] = (char)byte;
	memcpy(out + at + 1, text + at, length - at);
	return length + 1;
}

static void the_list_that_is_damaged_below_is_a_good_one(void **state)
{
	(void)state;
	assert_int_equal(assert_list_or_error(good_list, strlen(good_list)), SD_OK);
}

static void any_byte_inserted_anywhere_is_no_crash(void **state)
{
	size_t length = strlen(good_list);

	(void)state;
	for (size_t at = 0; at <= length; at++) {
		for (int byte = 0; byte <= 0xff; byte++) {
			char text[TEXT_MAX];

			(void)assert_list_or_error(text, insert(text, good_list, length, at, byte));
		}
	}
}

static void any_byte_replaced_anywhere_is_no_crash(void **state)
{
	size_t length = strlen(good_list);

	(void)state;
	for (size_t at = 0; at < length; at++) {
		for (int byte = 0; byte <= 0xff; byte++) {
			char text[TEXT_MAX];

			memcpy(text, good_list, length);
			text[at] = (char)byte;
			(void)assert_list_or_error(text, length);
		}
	}
}

/* Legal in no place of a server on TCP. */
static bool is_rubbish(int byte)
{
	static const char legal[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	                            "_.-:/?&=,%[] \t\r\n";

	return byte == 0 || strchr(legal, byte) == NULL;
}

static void rubbish_inserted_anywhere_is_refused_there_or_before(void **state)
{
	static const char tcp_list[] = "tcp://a.example:1042:2?timeout=0.5, [::1]:1?weight=3 ,b";
	size_t length = strlen(tcp_list);

	(void)state;
	for (size_t at = 0; at <= length; at++) {
		for (int byte = 0; byte <= 0xff; byte++) {
			char text[TEXT_MAX];
			size_t longer = insert(text, tcp_list, length, at, byte);

			if (is_rubbish(byte)) {
				assert_int_equal(assert_list_or_error(text, longer), SD_BAD_SERVER);
				assert_int_equal(check_bytes(text, longer), SD_BAD_SERVER);
				assert_in_range(offset_in_error(), 0, at);
			}
		}
	}
}

static void a_nul_byte_does_not_end_a_list(void **state)
{
	(void)state;
	assert_error(SD_BAD_SERVER, "a\0", 2, 1);
	assert_error(SD_BAD_SERVER, "a\0,b", 4, 1);
	assert_error(SD_BAD_SERVER, "\0", 1, 0);
	assert_error(SD_BAD_SERVER, "a,\0", 3, 2);
	assert_error(SD_BAD_SERVER, "unix:/s\0x", 9, 7);
	assert_error(SD_BAD_SERVER, "a?weight=1\0", 11, 10);
}

static void every_beginning_of_a_list_is_no_crash(void **state)
{
	(void)state;
	for (size_t length = 0; length <= strlen(good_list); length++) {
		(void)assert_list_or_error(good_list, length);
	}
}

static void random_texts_of_the_grammars_own_pieces_are_no_crash(void **state)
{
	static const char *const pieces[] = {
	    "tcp://",   "unix:", "unix://", "/s", "a",    "b.c", "[::1]",
	    "[",        "]",     ":",       ":1", "?",    "&",   "weight=",
	    "timeout=", "1",     "0",       "-1", "0.5",  ",",   " ",
	    "%2C",      "%",     "=",       "\n", "\xff", "%00", "99999999999999999999",
	};
	struct chance chance = {7};

	(void)state;
	for (int round = 0; round < 100000; round++) {
		char text[TEXT_MAX] = "";
		size_t length = 0;

		for (uint32_t left = chance_between(&chance, 1, 12); left > 0; left--) {
			const char *piece = pieces[chance_between(&chance, 0, COUNT_OF(pieces) - 1)];

			memcpy(text + length, piece, strlen(piece));
			length += strlen(piece);
		}
		(void)assert_list_or_error(text, length);
	}
}

/* }}} */

static void timeouts_have_a_decimal_point_in_all_locales(void **state)
{
	static const char *const locales[] = {"de_DE.UTF-8", "de_DE.utf8",  "fr_FR.UTF-8", "fr_FR.utf8",
	                                      "de_DE",       "nl_NL.UTF-8", "pl_PL.UTF-8"};
	enum sd_status status;
	struct sd_server_list list = list_of("a?timeout=0.5", 13);
	struct sd_server server;
	double timeout = 0;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(locales) && *localeconv()->decimal_point != ','; i++) {
		(void)setlocale(LC_ALL, locales[i]);
	}
	if (*localeconv()->decimal_point != ',') {
		skip();
	}
	status = sd_server_list_next(&list, &server, &timeout, &error);
	(void)setlocale(LC_ALL, "C");
	assert_int_equal(status, SD_OK);
	assert_true(timeout == 0.5);
	assert_int_equal(server.timeout_ms, 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_host_alone_gets_the_defaults),
	    cmocka_unit_test(hosts_are_names_ipv4_or_ipv6_addresses),
	    cmocka_unit_test(tcp_may_stand_before_a_host_in_any_case),
	    cmocka_unit_test(a_port_and_a_weight_may_follow_a_host),
	    cmocka_unit_test(weight_and_timeout_may_be_parameters_in_any_order),
	    cmocka_unit_test(a_protocol_may_be_a_parameter_among_the_others),
	    cmocka_unit_test(timeouts_are_decimal_numbers_of_seconds),
	    cmocka_unit_test(a_unix_socket_is_a_path_with_or_without_slashes_before_it),
	    cmocka_unit_test(a_colon_in_a_path_is_a_part_of_it),
	    cmocka_unit_test(bytes_of_a_path_may_be_percent_encoded),
	    cmocka_unit_test(every_byte_of_a_path_but_control_bytes_can_be_encoded),
	    cmocka_unit_test(commas_separate_servers_in_their_order),
	    cmocka_unit_test(white_space_around_servers_is_skipped),
	    cmocka_unit_test(a_walk_tells_where_each_server_began),
	    cmocka_unit_test(the_same_host_on_other_ports_is_no_duplicate),
	    cmocka_unit_test(a_list_may_have_hundreds_of_servers),
	    cmocka_unit_test(an_empty_list_is_refused),
	    cmocka_unit_test(empty_places_between_commas_are_refused),
	    cmocka_unit_test(white_space_within_a_server_is_refused),
	    cmocka_unit_test(brackets_stand_in_pairs_around_an_address),
	    cmocka_unit_test(brackets_hold_an_ipv6_address_and_nothing_else),
	    cmocka_unit_test(a_user_and_a_password_are_refused_and_not_shown),
	    cmocka_unit_test(an_at_sign_in_a_path_is_a_part_of_it),
	    cmocka_unit_test(hosts_that_are_none_are_refused),
	    cmocka_unit_test(ports_beyond_1_to_65535_are_refused),
	    cmocka_unit_test(ports_that_are_no_integers_are_refused),
	    cmocka_unit_test(weights_beyond_1_to_65535_are_refused),
	    cmocka_unit_test(weights_that_are_no_integers_are_refused),
	    cmocka_unit_test(timeouts_that_are_no_time_are_refused),
	    cmocka_unit_test(timeouts_in_any_other_form_are_refused),
	    cmocka_unit_test(unknown_parameters_are_refused),
	    cmocka_unit_test(a_long_unknown_parameter_is_cut_in_the_text),
	    cmocka_unit_test(parameters_without_their_punctuation_are_refused),
	    cmocka_unit_test(a_parameter_given_twice_is_refused),
	    cmocka_unit_test(paths_that_are_not_absolute_are_refused),
	    cmocka_unit_test(empty_and_broken_paths_are_refused),
	    cmocka_unit_test(a_path_of_103_bytes_is_the_longest),
	    cmocka_unit_test(a_host_of_255_bytes_is_the_longest),
	    cmocka_unit_test(huge_numbers_are_refused),
	    cmocka_unit_test(numbers_of_hundreds_of_digits_are_refused),
	    cmocka_unit_test(leading_zeros_make_no_number_huge),
	    cmocka_unit_test(a_timeout_may_have_hundreds_of_decimals),
	    cmocka_unit_test(a_timeout_that_is_0_but_for_its_last_decimals_is_no_crash),
	    cmocka_unit_test(a_server_twice_is_refused_where_it_is_again),
	    cmocka_unit_test(a_host_in_another_case_is_a_duplicate),
	    cmocka_unit_test(a_path_in_percent_encoding_is_a_duplicate),
	    cmocka_unit_test(the_duplicate_is_named),
	    cmocka_unit_test(the_longest_duplicate_is_reported_whole),
	    cmocka_unit_test(the_list_that_is_damaged_below_is_a_good_one),
	    cmocka_unit_test(any_byte_inserted_anywhere_is_no_crash),
	    cmocka_unit_test(any_byte_replaced_anywhere_is_no_crash),
	    cmocka_unit_test(rubbish_inserted_anywhere_is_refused_there_or_before),
	    cmocka_unit_test(a_nul_byte_does_not_end_a_list),
	    cmocka_unit_test(every_beginning_of_a_list_is_no_crash),
	    cmocka_unit_test(random_texts_of_the_grammars_own_pieces_are_no_crash),
	    cmocka_unit_test(timeouts_have_a_decimal_point_in_all_locales),
	};

	return cmocka_run_group_tests(tests, open_guard, close_guard);
}
