/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Whether the system is believed to wipe a page in a child; see client/net/system.h. */

#include "tests/unit/unit.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/net/system.h"

#define PAGE 4096

/* What the system says to advice; 0: what this one says. */
static enum { REAL, TAKES_ANY, TAKES_NONE } says;

int __real_madvise(void *memory, size_t size, int advice);
int __wrap_madvise(void *memory, size_t size, int advice);

int __wrap_madvise(void *memory, size_t size, int advice)
{
	if (says == REAL) {
		return __real_madvise(memory, size, advice);
	}
	errno = EINVAL;
	return says == TAKES_ANY ? 0 : -1;
}

/* qemu's user mode does. */
static void a_system_that_takes_any_advice_is_not_believed(void **state)
{
	void *page = sd_system_map(PAGE, /* shared */ false);

	(void)state;
	says = TAKES_ANY;
	assert_false(sd_system_wipe_on_fork(page, PAGE));
	says = TAKES_NONE;
	assert_false(sd_system_wipe_on_fork(page, PAGE));
	says = REAL;
	sd_system_unmap(page, PAGE);
}

static void what_is_said_to_be_wiped_in_a_child_is(void **state)
{
	uint8_t *page = sd_system_map(PAGE, /* shared */ false);
	int status;
	pid_t child;

	(void)state;
	if (!sd_system_wipe_on_fork(page, PAGE)) {
		sd_system_unmap(page, PAGE);
		skip();
	}
	page[0] = 42;
	child = fork();
	if (child == 0) {
		_exit(page[0]);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_int_equal(page[0], 42);
	sd_system_unmap(page, PAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_system_that_takes_any_advice_is_not_believed),
		cmocka_unit_test(what_is_said_to_be_wiped_in_a_child_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
