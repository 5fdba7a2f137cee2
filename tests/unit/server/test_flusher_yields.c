/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The processor, which the flusher leaves to others now and then. */

#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "server/store/btree.h"
#include "tests/unit/server/store_fixture.h"

#define ROWS 64 /* from one yield to the next */

static struct sdd_btree *btree;
static atomic_uint yields;
static unsigned others_ms; /* how long the others keep the processor */

/* Instead of the C library's. */
int sched_yield(void)
{
	yields++;
	(void)usleep(others_ms * 1000);
	return 0;
}

static int open_btree(void **state)
{
	if (make_store(state) != 0) {
		return -1;
	}
	sdd_store_close(store);
	store = NULL;
	others_ms = 0;
	btree = sdd_btree_open(directory, ROOMY, SDD_SYNC_NEVER, reason);
	return btree == NULL ? -1 : 0;
}

static int close_btree(void **state)
{
	sdd_btree_close(btree);
	return remove_store(state);
}

static void begin_writing(void)
{
	assert_int_equal(sdd_btree_begin(btree), SDD_DONE);
	yields = 0;
}

static void write_rows(int count)
{
	struct sdd_entry entry = {.value = bytes_of("value"), .expires_ms = 1000, .version = 1};

	for (int i = 0; i < count; i++) {
		assert_int_equal(sdd_btree_write(btree, SDD_PUT, bytes_of(numbered("key", i)), &entry, 1),
		                 SDD_DONE);
	}
}

static void writing_yields_now_and_then(void **state)
{
	(void)state;
	begin_writing();
	write_rows(ROWS - 1);
	assert_int_equal(yields, 0);
	write_rows(4 * ROWS + 1);
	assert_int_equal(yields, 5);
	assert_int_equal(sdd_btree_commit(btree), SDD_DONE);
}

static void so_does_the_sweep(void **state)
{
	size_t seen;
	bool has_more;

	(void)state;
	begin_writing();
	write_rows(3 * ROWS);
	assert_int_equal(sdd_btree_commit(btree), SDD_DONE);
	begin_writing();
	assert_int_equal(sdd_btree_sweep(btree, SDD_ALL_EXPIRED, 1000, 60000000, 1000, changes_none,
	                                 NULL, &seen, &has_more),
	                 SDD_DONE);
	assert_int_equal(seen, 3 * ROWS);
	assert_int_equal(yields, 3);
	assert_int_equal(sdd_btree_commit(btree), SDD_DONE);
}

static void a_transaction_that_takes_long_insists_on_its_share(void **state)
{
	(void)state;
	others_ms = 400;
	begin_writing();
	write_rows(10 * ROWS);
	assert_int_equal(yields, 3); /* after 0, 0.4 and 0.8 s */
	assert_int_equal(sdd_btree_commit(btree), SDD_DONE);
	begin_writing();
	write_rows(ROWS);
	assert_int_equal(yields, 1); /* it is another one */
	assert_int_equal(sdd_btree_commit(btree), SDD_DONE);
}

/* There are several comparisons for each row, and 512 from one yield to the next. */
static void so_does_sorting(void **state)
{
	const unsigned count = 40 * ROWS;

	(void)state;
	others_ms = 0;
	for (unsigned i = 0; i < count; i++) {
		put(numbered("key", i * 7919 % count), 10, i, SDD_NEVER);
	}
	yields = 0;
	flush();
	assert_true(yields > 40 + 40);
}

#define BTREE_TEST(name) cmocka_unit_test_setup_teardown(name, open_btree, close_btree)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BTREE_TEST(writing_yields_now_and_then),
		BTREE_TEST(so_does_the_sweep),
		BTREE_TEST(a_transaction_that_takes_long_insists_on_its_share),
		STORE_TEST(so_does_sorting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
