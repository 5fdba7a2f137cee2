/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Messages: what is printable, and what becomes of those that nobody reads. */

#include "server/system/log.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/unit.h"

static void what_is_not_printable_is_hexadecimal(void **state)
{
	char out[64];

	(void)state;
	assert_int_equal(sdd_log_printable(out, sizeof(out), "a b~"), 4);
	assert_string_equal(out, "a b~");
	(void)sdd_log_printable(out, sizeof(out), "\x1b[2J\n\r\x7f\xc3\xa9\x01");
	assert_string_equal(out, "\\x1b[2J\\x0a\\x0d\\x7f\\xc3\\xa9\\x01");
	/* it is cut before what does not fit */
	assert_int_equal(sdd_log_printable(out, 5, "a\x1b"), 1);
	assert_int_equal(sdd_log_printable(out, 6, "a\x1b"), 5);
	assert_string_equal(out, "a\\x1b");
	assert_int_equal(sdd_log_printable(out, 3, "abcdef"), 2);
	assert_string_equal(out, "ab");
}

/* Fills a pipe to the last byte. */
static void fill(int descriptor)
{
	static const char bytes[4096];
	size_t length = sizeof(bytes);

	assert_int_equal(fcntl(descriptor, F_SETFL, O_NONBLOCK), 0);
	while (length > 0) {
		if (write(descriptor, bytes, length) == -1) {
			length /= 2;
		}
	}
	assert_int_equal(fcntl(descriptor, F_SETFL, 0), 0); /* as whoever started the server has it */
}

static size_t drain(int descriptor, char *bytes, size_t room)
{
	ssize_t got;
	size_t length = 0;

	assert_int_equal(fcntl(descriptor, F_SETFL, O_NONBLOCK), 0);
	while ((got = read(descriptor, bytes + length, room - length - 1)) > 0) {
		length += (size_t)got;
	}
	bytes[length] = '\0';
	return length;
}

/* Without the right way to write this test waits for ever; whoever runs it ends it. */
static void a_pipe_that_nobody_reads_costs_lines_and_no_time(void **state)
{
	static char bytes[1 << 20];
	int saved = dup(STDERR_FILENO);
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
	sdd_log(SDD_LOG_NOTICE, "a line of %s", "\x1b[31m");
	fill(ends[1]);
	(void)alarm(60); /* in place of a wait without end */
	sdd_log(SDD_LOG_NOTICE, "lost");
	sdd_log(SDD_LOG_NOTICE, "lost");
	(void)alarm(0);
	assert_true(drain(ends[0], bytes, sizeof(bytes)) > 0);
	assert_memory_equal(bytes, "[NOTICE] a line of \\x1b[31m\n",
	                    strlen("[NOTICE] a line of \\x1b[31m\n"));
	sdd_log(SDD_LOG_ERROR, "read");
	sdd_log(SDD_LOG_ERROR, "again");
	(void)drain(ends[0], bytes, sizeof(bytes));
	assert_int_equal(dup2(saved, STDERR_FILENO), STDERR_FILENO);
	assert_string_equal(bytes, "[WARNING] 2 lines were lost: nobody read them\n[ERROR] read\n"
	                           "[ERROR] again\n");
	assert_int_equal(fcntl(ends[1], F_GETFL) & O_NONBLOCK, 0); /* it is others' too */
	(void)close(saved);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

static void debug_is_shown_only_if_wanted(void **state)
{
	(void)state;
	assert_false(sdd_log_shows(SDD_LOG_DEBUG));
	assert_true(sdd_log_shows(SDD_LOG_NOTICE));
	sdd_log_set_debug(true);
	assert_true(sdd_log_shows(SDD_LOG_DEBUG));
	sdd_log_set_debug(false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_printable_is_hexadecimal),
		cmocka_unit_test(a_pipe_that_nobody_reads_costs_lines_and_no_time),
		cmocka_unit_test(debug_is_shown_only_if_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
