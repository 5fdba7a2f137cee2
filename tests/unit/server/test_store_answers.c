/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * What the store answers while its disk fails is true, then and after the next start. On files and
 * a B-tree in memory (fake_io.c, fake_btree.c), like test_store_failures.c; here the answers are
 * what is tested.
 */

#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>

#include "server/store/directory.h"
#include "server/store/health.h"
#include "server/store/store.h"
#include "server/store/store_internal.h"
#include "server/store/wal.h"
#include "server/system/log.h"
#include "tests/unit/server/fake_btree.h"
#include "tests/unit/server/fake_faults.h"
#include "tests/unit/server/fake_io.h"
#include "tests/unit/unit.h"

#define MAX_SIZE (512u * 1024u)
#define SMALL 10u
#define LARGE 5000u  /* bytes: a batch that is refused stalls no smaller one */
#define BEFORE_ALL 0 /* ms: a time at which every entry of these tests lives */
#define EXPIRY 5000  /* ms */
#define AFTERWARDS 6000

static struct sdd_store *store;
static char reason[SDD_STORE_REASON_MAX];

/* The linker has this called in the place of sdd_log(). */
void __wrap_sdd_log(enum sdd_log_level level, const char *format, ...);
void __wrap_sdd_log(enum sdd_log_level level, const char *format, ...)
{
	(void)level;
	(void)format;
}

static int reset(void **state)
{
	(void)state;
	fake_io_reset();
	fake_btree_reset();
	return 0;
}

/* {{{ what the tests do */

static void open_store(enum sdd_sync sync)
{
	store = sdd_store_open("/directory", MAX_SIZE, sync, reason);
	if (store == NULL) {
		fail_msg("the store cannot be opened: %s", reason);
	}
}

static struct sdd_key key_of(const char *text)
{
	return sdd_store_key(store, (struct sd_bytes){text, strlen(text)});
}

/* Stores an entry in a batch of its own. */
static enum sdd_result put(const char *text, size_t length, int64_t expires_ms)
{
	static const uint8_t bytes[LARGE];
	struct sdd_key key = key_of(text);
	struct sdd_entry entry = {.value = {bytes, length}, .expires_ms = expires_ms};
	enum sdd_result result = sdd_store_begin(store, 0, false);

	entry.version = sdd_store_next_version(store, 0, 0);
	result = result == SDD_DONE ? sdd_store_put(store, &key, &entry) : result;
	return result == SDD_DONE ? sdd_store_commit(store) : result;
}

static enum sdd_result find(const char *text, int64_t now_ms)
{
	struct sdd_key key = key_of(text);
	struct sdd_entry entry;
	enum sdd_result result = sdd_store_find(store, &key, now_ms, &entry);

	sdd_store_end_reading(store);
	return result;
}

static bool is_proven(const char *text)
{
	struct sdd_key key = key_of(text);
	struct sdd_entry entry;

	assert_int_equal(sdd_store_find(store, &key, BEFORE_ALL, &entry), SDD_DONE);
	sdd_store_end_reading(store);
	return entry.proven;
}

/* Whether the store says, to a client that removes an entry, that there is none. */
static bool says_absent(const char *text)
{
	struct sdd_key key = key_of(text);

	return sdd_store_begin(store, 0, false) == SDD_DONE &&
	       sdd_store_remove(store, &key) == SDD_ABSENT && sdd_store_commit(store) == SDD_DONE;
}

static void flush_at(int64_t now_ms)
{
	sdd_store_schedule_flush(store, now_ms);
	(void)sdd_store_flush_and_wait(store);
}

static void assert_health(enum sdd_health_state state)
{
	const char *why;

	assert_int_equal(sdd_store_health(store, &why), state);
}

/* The process dies, and another one starts. */
static void die_and_open(enum sdd_sync sync, bool by_power_cut)
{
	fake_faults_stop(fake_faults_calls());
	sdd_store_close(store);
	fake_faults_clear();
	if (by_power_cut) {
		fake_io_cut_power(NULL);
	}
	open_store(sync);
}

/* }}} */

/* {{{ --sync=always */

/* How a write is refused, and what comes then. */
struct refusal {
	int number; /* of the call of the write that fails */
	bool lasts;
	bool is_second_process; /* the log has what an earlier process wrote */
	bool is_flushed;
	bool by_power_cut;
};

/* Writes, and is refused. False: the fault was not met. */
static bool refuse(const struct refusal *refusal)
{
	enum sdd_result result;

	open_store(SDD_SYNC_ALWAYS);
	assert_int_equal(put("other", SMALL, SDD_NEVER), SDD_DONE);
	if (refusal->is_second_process) {
		die_and_open(SDD_SYNC_ALWAYS, /* by_power_cut */ false);
		(void)sdd_store_flush_and_wait(store);
	}
	fake_faults_clear();
	fake_faults_fail(refusal->number, EIO, refusal->lasts);
	result = put("refused", LARGE, SDD_NEVER);
	fake_faults_clear();
	return result != SDD_DONE;
}

/* Whether the store said that there is nothing. */
static bool run_refusal(const struct refusal *refusal)
{
	bool was_said = false;

	(void)reset(NULL);
	if (refuse(refusal)) {
		if (refusal->is_flushed) {
			flush_at(BEFORE_ALL);
		}
		was_said = says_absent("refused");
		assert_true(was_said || !refusal->is_flushed);
		die_and_open(SDD_SYNC_ALWAYS, refusal->by_power_cut);
		if (was_said) {
			assert_int_equal(find("refused", BEFORE_ALL), SDD_ABSENT);
		}
	}
	sdd_store_close(store);
	return was_said;
}

static void what_is_said_to_be_absent_does_not_come_back_though_its_write_was_refused(void **state)
{
	int said = 0;

	(void)state;
	for (int number = 0; number < 8; number++) {
		for (int i = 0; i < 16; i++) {
			struct refusal refusal = {number, i & 1, i & 2, i & 4, i & 8};

			said += run_refusal(&refusal);
		}
	}
	assert_true(said > 20);
}

static void a_file_that_could_not_be_forced_to_disk_takes_nothing_more(void **state)
{
	int refused = 0;

	(void)state;
	for (int number = 0; number < 8; number++) {
		struct refusal refusal = {.number = number};

		(void)reset(NULL);
		if (refuse(&refusal) && put("another", LARGE, SDD_NEVER) != SDD_DONE) {
			refused++;
			assert_int_equal(fake_faults_calls(), 0); /* nor is it tried */
			die_and_open(SDD_SYNC_ALWAYS, /* by_power_cut */ true);
			assert_int_equal(find("other", BEFORE_ALL), SDD_DONE);
		}
		sdd_store_close(store);
	}
	assert_true(refused > 0);
}

/* }}} */

/* {{{ the B-tree fails */

static void what_is_there_is_found_while_lmdb_gives_up_and_is_opened_again(void **state)
{
	(void)state;
	open_store(SDD_SYNC_NEVER);
	assert_int_equal(put("key", SMALL, SDD_NEVER), SDD_DONE);
	flush_at(BEFORE_ALL);
	assert_int_equal(put("other", SMALL, SDD_NEVER), SDD_DONE);
	fake_btree_give_up();
	sdd_store_schedule_flush(store, BEFORE_ALL);
	while (!fake_btree_has_given_up()) {
		assert_int_equal(find("key", BEFORE_ALL), SDD_DONE);
		(void)sched_yield();
	}
	assert_int_equal(find("other", BEFORE_ALL), SDD_DONE);
	assert_health(SDD_NO_ROOM);
	flush_at(BEFORE_ALL);
	assert_health(SDD_OK);
	sdd_store_close(store);
}

static void a_btree_that_cannot_be_written_is_told_of_until_it_can(void **state)
{
	(void)state;
	open_store(SDD_SYNC_NEVER);
	assert_int_equal(put("key", SMALL, SDD_NEVER), SDD_DONE);
	fake_btree_fail(0, SDD_FAILED, /* lasting */ true);
	flush_at(BEFORE_ALL);
	assert_health(SDD_READ_ONLY);
	assert_int_equal(find("key", BEFORE_ALL), SDD_DONE);
	fake_btree_fail(-1, SDD_DONE, false);
	flush_at(BEFORE_ALL);
	assert_health(SDD_OK);
	sdd_store_close(store);
}

/* So that no entry expires by a wrong clock, until a job has met a full disk. */
static void
what_seems_to_have_expired_before_the_start_is_swept_only_if_the_disk_is_full(void **state)
{
	(void)state;
	open_store(SDD_SYNC_NEVER);
	assert_int_equal(put("key", SMALL, EXPIRY), SDD_DONE);
	flush_at(BEFORE_ALL);
	sdd_store_close(store);
	open_store(SDD_SYNC_NEVER);
	sdd_store_update_clock(store);
	assert_int_equal(put("other", SMALL, SDD_NEVER), SDD_DONE);
	flush_at(AFTERWARDS);
	assert_int_equal(find("key", BEFORE_ALL), SDD_DONE);
	assert_int_equal(put("other", LARGE, SDD_NEVER), SDD_DONE);
	fake_btree_fail(0, SDD_FULL, /* lasting */ true);
	flush_at(AFTERWARDS);
	assert_health(SDD_NO_ROOM);
	fake_btree_fail(-1, SDD_DONE, false);
	flush_at(AFTERWARDS);
	assert_int_equal(find("key", BEFORE_ALL), SDD_ABSENT);
	assert_health(SDD_OK);
	sdd_store_close(store);
}

static void what_is_recovered_and_seems_to_have_expired_is_flushed(void **state)
{
	(void)state;
	open_store(SDD_SYNC_NEVER);
	assert_int_equal(put("key", SMALL, EXPIRY), SDD_DONE);
	fake_btree_fail(0, SDD_FAILED, /* lasting */ true);
	die_and_open(SDD_SYNC_NEVER, /* by_power_cut */ false);
	sdd_store_update_clock(store);
	(void)sdd_store_flush_and_wait(store);
	fake_btree_fail(-1, SDD_DONE, false);
	flush_at(AFTERWARDS); /* the same job once more, with a time */
	assert_true(fake_btree_commits() > 0);
	assert_int_equal(sdd_store_wal_size(store), 0);
	assert_int_equal(find("key", BEFORE_ALL), SDD_DONE);
	assert_false(is_proven("key"));
	assert_int_equal(put("key", SMALL, EXPIRY), SDD_DONE); /* now it is of this epoch */
	flush_at(AFTERWARDS);
	assert_int_equal(find("key", BEFORE_ALL), SDD_ABSENT);
	sdd_store_close(store);
}

/* The system may have dropped what it could not write, and says so once only. */
static void a_log_that_could_not_be_forced_once_is_not_safe_at_the_end(void **state)
{
	int doubtful = 0;

	(void)state;
	for (int number = 0; number < 8; number++) {
		bool is_doubtful;

		(void)reset(NULL);
		open_store(SDD_SYNC_ALWAYS);
		assert_int_equal(put("key", SMALL, SDD_NEVER), SDD_DONE);
		fake_btree_fail(0, SDD_FAILED, /* lasting */ true);
		fake_faults_clear();
		fake_faults_fail(number, EIO, /* lasting */ false);
		(void)put("other", SMALL, SDD_NEVER);
		fake_faults_clear();
		is_doubtful = sdd_wal_is_doubtful(store->layers.wal);
		doubtful += is_doubtful;
		assert_int_equal(sdd_store_close(store), !is_doubtful);
	}
	assert_in_range(doubtful, 1, 7);
}

static void a_disk_that_has_room_again_is_noticed_without_a_write(void **state)
{
	(void)state;
	open_store(SDD_SYNC_NEVER);
	fake_faults_clear();
	fake_faults_fail(0, ENOSPC, /* lasting */ true);
	assert_int_equal(put("key", SMALL, SDD_NEVER), SDD_FULL);
	assert_health(SDD_NO_ROOM);
	flush_at(BEFORE_ALL);
	assert_health(SDD_NO_ROOM);
	fake_faults_clear();
	flush_at(BEFORE_ALL);
	assert_health(SDD_OK);
	sdd_store_close(store);
}

/* A short batch still fits where a long one did not. */
static void the_store_is_full_until_what_was_refused_fits(void **state)
{
	(void)state;
	open_store(SDD_SYNC_NEVER);
	fake_faults_clear();
	fake_faults_fail(0, ENOSPC, /* lasting */ true);
	assert_int_equal(put("long", LARGE, SDD_NEVER), SDD_FULL);
	fake_faults_clear();
	assert_int_equal(put("short", SMALL, SDD_NEVER), SDD_DONE);
	assert_health(SDD_NO_ROOM);
	assert_int_equal(put("long", LARGE, SDD_NEVER), SDD_DONE);
	assert_health(SDD_OK);
	sdd_store_close(store);
}

static void what_has_expired_is_swept_on_a_full_disk_from_the_reserve(void **state)
{
	size_t reserved;

	(void)state;
	open_store(SDD_SYNC_NEVER);
	for (int round = 0; round < 3; round++) {
		(void)fake_io_content(SDD_FILE_RESERVE, &reserved);
		assert_true(reserved > 0);
		assert_int_equal(put("key", SMALL, EXPIRY), SDD_DONE);
		flush_at(BEFORE_ALL);
		fake_btree_fill_disk(true);
		assert_int_equal(put("other", SMALL, SDD_NEVER), SDD_DONE);
		flush_at(BEFORE_ALL);
		assert_health(SDD_NO_ROOM);
		flush_at(AFTERWARDS);
		assert_health(SDD_OK);
		assert_int_equal(sdd_store_count(store), 1);
		fake_btree_fill_disk(false);
	}
	sdd_store_close(store);
}

/* }}} */

#define TEST(name) cmocka_unit_test_setup_teardown(name, reset, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_said_to_be_absent_does_not_come_back_though_its_write_was_refused),
		TEST(a_file_that_could_not_be_forced_to_disk_takes_nothing_more),
		TEST(what_is_there_is_found_while_lmdb_gives_up_and_is_opened_again),
		TEST(a_btree_that_cannot_be_written_is_told_of_until_it_can),
		TEST(what_seems_to_have_expired_before_the_start_is_swept_only_if_the_disk_is_full),
		TEST(what_is_recovered_and_seems_to_have_expired_is_flushed),
		TEST(a_log_that_could_not_be_forced_once_is_not_safe_at_the_end),
		TEST(a_disk_that_has_room_again_is_noticed_without_a_write),
		TEST(the_store_is_full_until_what_was_refused_fits),
		TEST(what_has_expired_is_swept_on_a_full_disk_from_the_reserve),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
