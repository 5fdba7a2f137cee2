/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The bound on the versions of all entries, on disk: what is above it needs no search. It may be
 * too large, and never too small, whatever the process dies of. */

#include <lmdb.h>
#include <string.h>

#include "tests/unit/server/store_fixture.h"

#define OLD 1000u
#define NEW 900000000000u /* a client's, larger than any that the store gives here */
#define AHEAD 10000000u   /* by how much the stored bound may be too large, at most */

static void put_version(uint64_t version)
{
	struct sdd_entry entry = {.value = {"value", 5}, .expires_ms = SDD_NEVER, .version = version};

	begin();
	assert_int_equal(sdd_store_put(store, key_of(numbered("key", version)), &entry), SDD_DONE);
	commit();
}

static void change_version(const char *key, uint64_t version)
{
	struct sdd_entry entry = {.expires_ms = SDD_NEVER, .version = version};

	begin();
	assert_int_equal(sdd_store_change(store, key_of(key), &entry), SDD_DONE);
	commit();
}

static void assert_bound_is_exactly(uint64_t version)
{
	assert_false(sdd_store_is_above_all(store, version));
	assert_true(sdd_store_is_above_all(store, version + 1));
}

/* After a start the bound is that on disk. */
static void assert_bound_is_about(uint64_t version)
{
	assert_false(sdd_store_is_above_all(store, version));
	assert_true(sdd_store_is_above_all(store, version + AHEAD + 1));
}

static void in_a_new_store_every_version_is_above_all(void **state)
{
	(void)state;
	assert_bound_is_exactly(0);
	reopen(ROOMY);
	assert_bound_is_exactly(0);
	put_version(OLD);
	assert_bound_is_exactly(OLD);
}

static void the_bound_is_that_of_the_largest_version(void **state)
{
	(void)state;
	put_version(NEW);
	put_version(OLD);
	assert_bound_is_exactly(NEW);
	put_version(NEW + 1);
	assert_bound_is_exactly(NEW + 1);
}

static void a_change_raises_the_bound_too(void **state)
{
	(void)state;
	put("key", 10, 1, SDD_NEVER);
	flush();
	change_version("key", NEW);
	assert_bound_is_exactly(NEW);
	die();
	assert_bound_is_exactly(NEW); /* from the log */
	flush();
	reopen(ROOMY);
	assert_bound_is_about(NEW);
}

static void removing_lowers_nothing(void **state)
{
	(void)state;
	put_version(NEW);
	assert_int_equal(remove_one(numbered("key", NEW), BEFORE_ALL), SDD_DONE);
	assert_bound_is_exactly(NEW);
}

static void the_bound_outlives_every_end(void **state)
{
	(void)state;
	put_version(NEW);
	die();
	assert_bound_is_exactly(NEW); /* from the log */
	flush();
	die();
	assert_bound_is_about(NEW); /* from the B-tree */
	reopen(ROOMY);
	assert_bound_is_about(NEW);
	put_version(OLD); /* the first of this epoch that is flushed */
	reopen(ROOMY);
	assert_bound_is_about(NEW);
}

/* The first transaction of an epoch may be a sweep's. */
static void an_epoch_that_only_sweeps_keeps_the_bound(void **state)
{
	struct sdd_entry entry = {.expires_ms = 1000, .version = NEW};

	(void)state;
	begin();
	assert_int_equal(sdd_store_put(store, key_of("expires"), &entry), SDD_DONE);
	commit();
	reopen(ROOMY);
	assert_int_equal(sweep(1000), 1);
	die();
	assert_bound_is_about(NEW);
}

static void a_version_that_fills_its_number_leaves_none_above(void **state)
{
	(void)state;
	put_version(UINT64_MAX - 1);
	assert_true(sdd_store_is_above_all(store, UINT64_MAX));
	reopen(ROOMY);
	assert_false(sdd_store_is_above_all(store, UINT64_MAX));
	put_version(OLD);
	reopen(ROOMY);
	assert_false(sdd_store_is_above_all(store, UINT64_MAX));
}

/* {{{ directories of programs that know nothing of the bound */

/* The closed store's row in `about`; `change` gets a copy of it. NULL: the row is removed. */
static void edit_about(const char *name, void (*change)(void *row))
{
	MDB_val key = {strlen(name), (void *)(uintptr_t)name};
	MDB_val row;
	uint8_t copy[64];
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi about;

	assert_int_equal(mdb_env_create(&env), 0);
	assert_int_equal(mdb_env_set_maxdbs(env, 8), 0);
	assert_int_equal(mdb_env_open(env, directory, 0, 0600), 0);
	assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_dbi_open(txn, "about", 0, &about), 0);
	assert_int_equal(mdb_get(txn, about, &key, &row), 0);
	assert_in_range(row.mv_size, 1, sizeof(copy));
	memcpy(copy, row.mv_data, row.mv_size);
	row.mv_data = copy;
	if (change != NULL) {
		change(copy);
		assert_int_equal(mdb_put(txn, about, &key, &row, 0), 0);
	} else {
		assert_int_equal(mdb_del(txn, about, &key, NULL), 0);
	}
	assert_int_equal(mdb_txn_commit(txn), 0);
	mdb_env_close(env);
}

static void make_later(void *row)
{
	uint32_t epoch;

	memcpy(&epoch, row, sizeof(epoch));
	epoch++;
	memcpy(row, &epoch, sizeof(epoch));
}

/* Nothing is above what is not known, and that stays so. */
static void assert_nothing_is_above(void)
{
	assert_false(sdd_store_is_above_all(store, UINT64_MAX));
	put_version(OLD);
	assert_false(sdd_store_is_above_all(store, UINT64_MAX));
	reopen(ROOMY);
	assert_false(sdd_store_is_above_all(store, UINT64_MAX));
}

static void nothing_is_above_what_has_no_bound(void **state)
{
	(void)state;
	put_version(NEW);
	sdd_store_close(store);
	edit_about("newest", NULL);
	open_store(ROOMY);
	assert_nothing_is_above();
}

static void a_bound_of_an_epoch_before_the_last_does_not_count(void **state)
{
	(void)state;
	put_version(NEW);
	sdd_store_close(store);
	edit_about("life", make_later); /* as an earlier program does with its first write */
	open_store(ROOMY);
	assert_nothing_is_above();
}

/* }}} */

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(in_a_new_store_every_version_is_above_all),
		STORE_TEST(the_bound_is_that_of_the_largest_version),
		STORE_TEST(a_change_raises_the_bound_too),
		STORE_TEST(removing_lowers_nothing),
		STORE_TEST(the_bound_outlives_every_end),
		STORE_TEST(an_epoch_that_only_sweeps_keeps_the_bound),
		STORE_TEST(a_version_that_fills_its_number_leaves_none_above),
		STORE_TEST(nothing_is_above_what_has_no_bound),
		STORE_TEST(a_bound_of_an_epoch_before_the_last_does_not_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
