/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The operations against a real store, with a time of the test's own. Each one runs in a batch of
 * its own: what its outcome says is in it.outcome, and stored() is what the store has after that.
 */

#ifndef OPERATIONS_FIXTURE_H
#define OPERATIONS_FIXTURE_H

#include <string.h>

#include "server/protocol/operations.h"
#include "server/store/store.h"
#include "tests/unit/server/temporary_store.h"
#include "tests/unit/unit.h"

#define ROOMY (64ull << 20)
#define NOW_MS 1700000000000
#define EXPIRATION_MS 100000
#define MAX_REQUEST 1000 /* bytes */
#define MONTH_S (60 * 60 * 24 * 30)

/* {{{ the operations and what they need */

static struct {
	struct temporary_store temporary;
	struct sdd_batch batch;
	struct sdd_work work;
	struct sdd_last_access *last_access;
	struct sdd_doubts doubts;
	struct sdd_operations operations;
	struct sdd_key key;
	struct sdd_outcome outcome;
} it;

static inline int start(void **state)
{
	(void)state;
	memset(&it, 0, sizeof(it));
	temporary_store_open(&it.temporary, ROOMY);
	it.last_access = sdd_last_access_new();
	it.batch = (struct sdd_batch){
		.store = it.temporary.store,
		.expiration_ms = EXPIRATION_MS,
		.now_ms = NOW_MS,
		.wall_ms = NOW_MS,
		.boot_ms = NOW_MS,
	};
	it.work = (struct sdd_work){.much = SIZE_MAX, .most = SIZE_MAX};
	it.operations = (struct sdd_operations){.batch = &it.batch,
	                                        .work = &it.work,
	                                        .doubts = &it.doubts,
	                                        .last_access = it.last_access,
	                                        .max_request_size = MAX_REQUEST,
	                                        .since_ms = NOW_MS};
	it.key = sdd_store_key(it.batch.store, (struct sd_bytes){"key", 3});
	return 0;
}

static inline int stop(void **state)
{
	(void)state;
	sdd_last_access_free(it.last_access);
	temporary_store_close(&it.temporary);
	return 0;
}

static inline void commit(void)
{
	assert_int_equal(sdd_store_commit(it.batch.store), SDD_DONE);
	sdd_store_end_reading(it.batch.store);
}

/* The store is closed and opened again: what it has is from an earlier epoch. */
static inline void restart(void)
{
	commit();
	temporary_store_reopen(&it.temporary, ROOMY);
	it.batch.store = it.temporary.store;
	it.key = sdd_store_key(it.batch.store, (struct sd_bytes){"key", 3});
}

static inline void apply(enum sdd_result result)
{
	assert_int_equal(result, SDD_DONE);
	assert_int_equal(sdd_operation_apply(&it.operations, &it.key, &it.outcome), SDD_DONE);
	assert_null(it.outcome.joined);
}

/* {{{ each operation in a batch of its own, the key filled in; the outcome is it.outcome */

static inline enum sdd_outcome_status get(struct sdd_get_request request)
{
	request.key = &it.key;
	apply(sdd_operation_get(&it.operations, &request, &it.outcome));
	commit();
	return it.outcome.status;
}

static inline enum sdd_outcome_status set(const char *value, struct sdd_set_request request)
{
	request.key = &it.key;
	request.value = (struct sd_bytes){value, strlen(value)};
	apply(sdd_operation_set(&it.operations, &request, &it.outcome));
	commit();
	return it.outcome.status;
}

static inline enum sdd_outcome_status delete_entry(struct sdd_delete_request request)
{
	request.key = &it.key;
	apply(sdd_operation_delete(&it.operations, &request, &it.outcome));
	commit();
	return it.outcome.status;
}

static inline enum sdd_outcome_status adjust(struct sdd_adjust_request request)
{
	request.key = &it.key;
	apply(sdd_operation_adjust(&it.operations, &request, &it.outcome));
	commit();
	return it.outcome.status;
}

/* }}} */

/* What the store has; valid until the next operation. */
static inline const struct sdd_entry *stored(void)
{
	static struct sdd_entry entry;

	return sdd_store_find(it.batch.store, &it.key, it.batch.now_ms, &entry) == SDD_DONE ? &entry
	                                                                                    : NULL;
}

static inline void assert_value(const char *value)
{
	const struct sdd_entry *entry = stored();

	assert_non_null(entry);
	assert_int_equal(entry->value.length, strlen(value));
	assert_memory_equal(entry->value.data, value, strlen(value));
	sdd_store_end_reading(it.batch.store);
}

static inline void advance(int64_t milliseconds)
{
	it.batch.now_ms += milliseconds;
	it.batch.wall_ms += milliseconds;
	it.batch.boot_ms += milliseconds;
}

/* }}} */

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

#endif
