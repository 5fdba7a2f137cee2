/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Set, delete and adjust; see operations_fixture.h. */

#include <event2/event.h>

#include "server/protocol/locks.h"
#include "server/protocol/operations.h"
#include "server/store/store.h"
#include "tests/unit/server/operations_fixture.h"
#include "tests/unit/unit.h"

/* {{{ set */

static void add_wants_no_entry_and_replace_wants_one(void **state)
{
	(void)state;
	assert_int_equal(set("a", (struct sdd_set_request){.mode = SDD_REPLACE}),
	                 SDD_OUTCOME_NOT_STORED);
	assert_null(stored());
	assert_int_equal(set("b", (struct sdd_set_request){.mode = SDD_ADD}), SDD_OUTCOME_DONE);
	assert_int_equal(set("c", (struct sdd_set_request){.mode = SDD_ADD}), SDD_OUTCOME_NOT_STORED);
	assert_int_equal(it.outcome.entry.version, 0);
	assert_value("b");
	assert_int_equal(set("d", (struct sdd_set_request){.mode = SDD_REPLACE}), SDD_OUTCOME_DONE);
	assert_value("d");
}

static void append_and_prepend_join_and_leave_the_rest_as_it_is(void **state)
{
	(void)state;
	(void)set("b", (struct sdd_set_request){.client_flags = 7, .has_ttl = true, .ttl = 5});
	assert_int_equal(set("c", (struct sdd_set_request){.mode = SDD_APPEND}), SDD_OUTCOME_DONE);
	assert_int_equal(it.outcome.entry.value.length, 2);
	assert_int_equal(set("a", (struct sdd_set_request){.mode = SDD_PREPEND}), SDD_OUTCOME_DONE);
	assert_value("abc");
	assert_int_equal(stored()->client_flags, 7);
	assert_int_equal(stored()->expires_ms, NOW_MS + 5000);
	(void)set("", (struct sdd_set_request){0});
	assert_int_equal(set("", (struct sdd_set_request){.mode = SDD_APPEND}), SDD_OUTCOME_DONE);
	assert_value("");
}

static void append_makes_an_absent_entry_only_if_asked_to(void **state)
{
	(void)state;
	assert_int_equal(set("a", (struct sdd_set_request){.mode = SDD_APPEND}),
	                 SDD_OUTCOME_NOT_STORED);
	assert_int_equal(
		set("a", (struct sdd_set_request){.mode = SDD_APPEND, .has_vivify = true, .vivify = 3}),
		SDD_OUTCOME_DONE);
	assert_value("a");
	assert_int_equal(stored()->expires_ms, NOW_MS + 3000);
}

static void a_compared_version_must_be_the_entrys(void **state)
{
	struct sdd_condition condition = {.has_compare = true, .compare = 5};
	uint64_t version;

	(void)state;
	assert_int_equal(set("a", (struct sdd_set_request){.condition = condition}),
	                 SDD_OUTCOME_ABSENT);
	(void)set("a", (struct sdd_set_request){0});
	version = it.outcome.entry.version;
	assert_int_equal(set("b", (struct sdd_set_request){.condition = condition}),
	                 SDD_OUTCOME_OTHER_VERSION);
	assert_value("a");
	condition.compare = version;
	assert_int_equal(set("b", (struct sdd_set_request){.condition = condition}), SDD_OUTCOME_DONE);
	assert_value("b");
	/* the version is an older one now */
	assert_int_equal(
		set("c", (struct sdd_set_request){.condition = condition, .invalidates = true}),
		SDD_OUTCOME_DONE);
	assert_value("c");
	assert_int_equal(stored()->flags, SDD_STALE);
}

static void a_version_of_the_clients_is_taken_and_must_be_newer_if_it_says_so(void **state)
{
	struct sdd_condition condition = {.has_version = true, .version = 100, .is_only_newer = true};

	(void)state;
	assert_int_equal(set("a", (struct sdd_set_request){.condition = condition}), SDD_OUTCOME_DONE);
	assert_int_equal(stored()->version, 100);
	assert_int_equal(set("b", (struct sdd_set_request){.condition = condition}),
	                 SDD_OUTCOME_NOT_NEWER);
	assert_int_equal(it.outcome.entry.version, 100);
	assert_value("a");
	condition.version = 101;
	assert_int_equal(delete_entry((struct sdd_delete_request){.condition = condition}),
	                 SDD_OUTCOME_DONE);
	assert_int_equal(set("c", (struct sdd_set_request){.condition = condition}),
	                 SDD_OUTCOME_NOT_NEWER); /* the tombstone counts */
	condition.version = 102;
	assert_int_equal(set("c", (struct sdd_set_request){.condition = condition}), SDD_OUTCOME_DONE);
}

/* {{{ a set that depends on nothing makes no search: its outcome does not say that there was
something */

static const struct sdd_set_request plain = {0};

static struct sdd_set_request newer(uint64_t version)
{
	return (struct sdd_set_request){
		.condition = {.has_version = true, .version = version, .is_only_newer = true}};
}

static struct sdd_set_request with_version(uint64_t version)
{
	return (struct sdd_set_request){.condition = {.has_version = true, .version = version}};
}

#define AHEAD_US (1000 * (uint64_t)NOW_MS + 5000000) /* a client's version */

/* The version is of that time; what is below a millisecond is the store's own. */
static void assert_in_millisecond(uint64_t version, int64_t wall_ms)
{
	assert_in_range(version, 1000 * (uint64_t)wall_ms, 1000 * (uint64_t)wall_ms + 999);
}

static void a_set_without_a_condition_makes_no_search(void **state)
{
	uint64_t first;

	(void)state;
	assert_int_equal(set("a", plain), SDD_OUTCOME_DONE);
	first = stored()->version;
	assert_in_millisecond(first, NOW_MS);
	assert_int_equal(set("b", plain), SDD_OUTCOME_DONE);
	assert_false(it.outcome.is_found);
	assert_value("b");
	assert_int_equal(stored()->version, first + 1);
	assert_true(stored()->proven);
	assert_int_equal(set("c", with_version(7)), SDD_OUTCOME_DONE); /* whatever is there */
	assert_false(it.outcome.is_found);
	assert_int_equal(stored()->version, 7);
}

static void a_set_that_must_be_newer_and_is_above_all_makes_no_search(void **state)
{
	(void)state;
	assert_int_equal(set("a", newer(100)), SDD_OUTCOME_DONE);
	assert_int_equal(set("b", newer(101)), SDD_OUTCOME_DONE);
	assert_false(it.outcome.is_found);
	assert_value("b");
	assert_int_equal(set("c", newer(101)), SDD_OUTCOME_NOT_NEWER);
	assert_true(it.outcome.is_found);
	assert_value("b");
}

/* Whether the bound is another key's, or the own one's. */
static void a_set_that_is_not_above_all_is_compared_with_its_own_entry(void **state)
{
	struct sdd_key key = it.key;

	(void)state;
	assert_int_equal(set("a", newer(50)), SDD_OUTCOME_DONE);
	it.key = sdd_store_key(it.batch.store, (struct sd_bytes){"other", 5});
	assert_int_equal(set("o", newer(100)), SDD_OUTCOME_DONE);
	it.key = key;
	assert_int_equal(set("b", newer(60)), SDD_OUTCOME_DONE);
	assert_true(it.outcome.is_found);
	assert_int_equal(set("c", newer(60)), SDD_OUTCOME_NOT_NEWER);
	assert_int_equal(it.outcome.entry.version, 60);
	assert_value("b");
}

static void
a_set_that_must_be_newer_and_has_no_version_is_refused_if_there_is_an_entry(void **state)
{
	struct sdd_set_request request = {.condition = {.is_only_newer = true}};

	(void)state;
	assert_int_equal(set("a", request), SDD_OUTCOME_DONE);
	assert_int_equal(set("b", request), SDD_OUTCOME_NOT_NEWER);
	request.condition.has_version = true; /* 0 is none */
	assert_int_equal(set("b", request), SDD_OUTCOME_NOT_NEWER);
}

static void the_stores_version_exceeds_one_of_a_client_that_is_ahead(void **state)
{
	(void)state;
	assert_int_equal(set("a", with_version(AHEAD_US)), SDD_OUTCOME_DONE);
	assert_int_equal(set("b", plain), SDD_OUTCOME_DONE);
	assert_int_equal(stored()->version, AHEAD_US + 1);
	assert_int_equal(set("c", with_version(0)), SDD_OUTCOME_DONE); /* 0 is none */
	assert_int_equal(stored()->version, AHEAD_US + 2);
	advance(5001);
	assert_int_equal(set("d", plain), SDD_OUTCOME_DONE);
	assert_false(it.outcome.is_found); /* the clock is above all again */
	assert_in_millisecond(stored()->version, it.batch.wall_ms);
}

static void a_tombstone_keeps_older_sets_out_though_nobody_searches_for_newer_ones(void **state)
{
	struct sdd_delete_request delete = {.condition = {.has_version = true, .version = 100}};

	(void)state;
	assert_int_equal(delete_entry(delete), SDD_OUTCOME_ABSENT);
	assert_int_equal(set("a", newer(100)), SDD_OUTCOME_NOT_NEWER);
	assert_int_equal(set("b", newer(101)), SDD_OUTCOME_DONE);
	assert_false(it.outcome.is_tombstone);
	assert_value("b");
	assert_int_equal(stored()->flags, 0);
}

/* md I gives the entry that stays a version of its own. */
static void an_invalidation_counts_as_a_version(void **state)
{
	struct sdd_delete_request invalidate = {.condition = {.has_version = true, .version = 100},
	                                        .invalidates = true};

	(void)state;
	assert_int_equal(set("a", newer(50)), SDD_OUTCOME_DONE);
	assert_int_equal(delete_entry(invalidate), SDD_OUTCOME_DONE);
	assert_int_equal(set("b", newer(90)), SDD_OUTCOME_NOT_NEWER);
	assert_value("a");
}

static void after_a_restart_older_sets_are_kept_out_and_later_ones_proven(void **state)
{
	(void)state;
	assert_int_equal(set("a", newer(100)), SDD_OUTCOME_DONE);
	restart();
	assert_int_equal(set("b", newer(100)), SDD_OUTCOME_NOT_NEWER);
	assert_false(stored()->proven);
	assert_int_equal(set("c", newer(AHEAD_US)), SDD_OUTCOME_DONE);
	assert_false(it.outcome.is_found);
	assert_true(stored()->proven);
	restart();
	assert_int_equal(set("d", plain), SDD_OUTCOME_DONE);
	assert_true(it.outcome.is_found); /* the clock is behind the client's */
	assert_int_equal(stored()->version, AHEAD_US + 1);
}

/* Before and after it is flushed, and in stats. */
static void assert_proven(bool is_proven)
{
	assert_int_equal(sdd_store_tally(it.batch.store).unproven, is_proven ? 0 : 1);
	assert_int_equal(stored()->proven, is_proven);
	sdd_store_end_reading(it.batch.store);
	(void)sdd_store_flush_and_wait(it.batch.store);
	assert_int_equal(sdd_store_tally(it.batch.store).unproven, is_proven ? 0 : 1);
	assert_int_equal(stored()->proven, is_proven);
	sdd_store_end_reading(it.batch.store);
}

static void a_repair_proves_nothing_before_the_server_has_settled(void **state)
{
	struct sdd_set_request repair = newer(AHEAD_US);
	struct sdd_delete_request deletion = {.condition = newer(AHEAD_US + 1).condition};

	(void)state;
	repair.condition.is_repair = deletion.condition.is_repair = true;
	advance(SDD_SETTLE_MS - 1);
	assert_int_equal(set("a", repair), SDD_OUTCOME_DONE);
	assert_value("a");
	assert_proven(false);
	(void)get((struct sdd_get_request){.has_ttl = true, .ttl = 1000});
	assert_proven(false);
	assert_int_equal(delete_entry(deletion), SDD_OUTCOME_DONE);
	assert_proven(false);
	assert_int_equal(set("b", newer(AHEAD_US + 2)), SDD_OUTCOME_DONE); /* a write does */
	assert_proven(true);
	repair.condition.version = AHEAD_US + 3;
	assert_int_equal(set("c", repair), SDD_OUTCOME_DONE);
	assert_proven(false);
	advance(1);
	repair.condition.version = AHEAD_US + 4;
	deletion.condition.version = AHEAD_US + 5;
	assert_int_equal(set("d", repair), SDD_OUTCOME_DONE);
	assert_proven(true);
	assert_int_equal(delete_entry(deletion), SDD_OUTCOME_DONE);
	assert_proven(true);
}

static void a_set_without_a_search_is_an_access_and_a_ttl(void **state)
{
	int64_t last_ms;

	(void)state;
	assert_int_equal(set("a", plain), SDD_OUTCOME_DONE);
	assert_int_equal(get((struct sdd_get_request){0}), SDD_OUTCOME_DONE);
	assert_true(sdd_last_access_find(it.last_access, &it.key, &last_ms));
	advance(10);
	assert_int_equal(set("b", (struct sdd_set_request){.has_ttl = true, .ttl = 1000}),
	                 SDD_OUTCOME_DONE);
	assert_false(it.outcome.is_found);
	assert_false(sdd_last_access_find(it.last_access, &it.key, &last_ms));
	assert_int_equal(last_ms, it.batch.now_ms);
	assert_int_equal(stored()->expires_ms, it.batch.now_ms + 1000000);
	assert_int_equal(sdd_store_longest_ttl(it.batch.store), 1000000);
}

static void nobody_searches_for_a_holder_who_lost_the_lock(void **state)
{
	static const struct sdd_lock_claim nobody = {.token = 0};
	struct sdd_set_request request = newer(200);

	(void)state;
	request.condition.claim = &nobody;
	assert_int_equal(set("a", newer(100)), SDD_OUTCOME_DONE);
	assert_int_equal(set("b", request), SDD_OUTCOME_NOT_HELD);
	assert_value("a");
}

/* }}} */

static void a_joined_value_is_no_larger_than_one_that_can_be_set(void **state)
{
	/* the header and the key of a classic request come on top */
	static char value[MAX_REQUEST - 9 - 3 + 1];
	struct sdd_set_request append = {.mode = SDD_APPEND};
	struct sdd_set_request prepend = {.mode = SDD_PREPEND};

	(void)state;
	memset(value, 'x', sizeof(value) - 2);
	assert_int_equal(set(value, (struct sdd_set_request){0}), SDD_OUTCOME_DONE);
	assert_int_equal(set("yz", append), SDD_OUTCOME_TOO_LARGE);
	assert_int_equal(set("yz", prepend), SDD_OUTCOME_TOO_LARGE);
	assert_value(value);
	assert_int_equal(set("y", append), SDD_OUTCOME_DONE);
	assert_int_equal(set("y", prepend), SDD_OUTCOME_TOO_LARGE);
	assert_int_equal(set("", append), SDD_OUTCOME_DONE);
	assert_int_equal(stored()->value.length, sizeof(value) - 1);
}

static void on_decided(void *context, bool granted, const void *token, size_t token_length)
{
	(void)context;
	(void)granted;
	(void)token;
	(void)token_length;
}

static void a_write_for_the_holder_needs_the_lock(void **state)
{
	static const struct sdd_lock_handler handler = {.decided = on_decided};
	struct event_base *base = event_base_new();
	struct sdd_locks *locks = sdd_locks_new(base, &handler, 64, 1u << 20);
	struct sdd_lock_holder *holder = sdd_lock_holder_new(locks, NULL, 1);
	const struct sdd_lock_terms terms = {.lease_ms = 1000, .reply_flags = {"", 0}};
	struct sdd_lock_claim claim = {.locks = locks};
	struct sdd_condition condition = {.claim = &claim};

	(void)state;
	assert_int_equal(set("a", (struct sdd_set_request){.condition = condition}),
	                 SDD_OUTCOME_NOT_HELD);
	claim.connection = holder;
	assert_int_equal(set("a", (struct sdd_set_request){.condition = condition}),
	                 SDD_OUTCOME_NOT_HELD);
	assert_null(stored());
	assert_int_equal(sdd_lock_acquire(holder, it.key.bytes, &terms), SDD_LOCK_GRANTED);
	assert_int_equal(set("a", (struct sdd_set_request){.condition = condition}), SDD_OUTCOME_DONE);
	assert_int_equal(delete_entry((struct sdd_delete_request){.condition = condition}),
	                 SDD_OUTCOME_DONE);
	sdd_lock_holder_end(holder);
	sdd_locks_free(locks);
	event_base_free(base);
}

/* Nobody has the lock any more. */
static void a_write_of_a_holder_that_was_performed_before_is_told_by_its_version(void **state)
{
	static const struct sdd_lock_handler handler = {.decided = on_decided};
	struct event_base *base = event_base_new();
	struct sdd_locks *locks = sdd_locks_new(base, &handler, 64, 1u << 20);
	struct sdd_lock_claim claim = {.locks = locks, .token = 7};
	struct sdd_set_request again = {
		.condition = {.has_version = true, .version = 100, .claim = &claim},
	};
	struct sdd_delete_request gone = {.condition = again.condition};

	(void)state;
	assert_int_equal(set("a", again), SDD_OUTCOME_NOT_HELD);
	assert_int_equal(set("a", newer(100)), SDD_OUTCOME_DONE);
	assert_int_equal(set("b", again), SDD_OUTCOME_NOT_NEWER);
	assert_true(it.outcome.entry.version == 100);
	again.condition.is_only_newer = true;
	assert_int_equal(set("b", again), SDD_OUTCOME_NOT_NEWER);
	assert_int_equal(delete_entry(gone), SDD_OUTCOME_NOT_NEWER);
	assert_value("a");
	/* another version; without a token; without a version */
	again.condition.version = 99;
	assert_int_equal(set("b", again), SDD_OUTCOME_NOT_HELD);
	again.condition.version = 101;
	assert_int_equal(set("b", again), SDD_OUTCOME_NOT_HELD);
	again.condition.version = 100;
	claim.token = 0;
	assert_int_equal(set("b", again), SDD_OUTCOME_NOT_HELD);
	claim.token = 7;
	again.condition.has_version = false;
	assert_int_equal(set("b", again), SDD_OUTCOME_NOT_HELD);
	/* a deletion that was performed has left a tombstone */
	gone.condition.version = 200;
	gone.condition.claim = NULL;
	assert_int_equal(delete_entry(gone), SDD_OUTCOME_DONE);
	gone.condition.claim = &claim;
	assert_int_equal(delete_entry(gone), SDD_OUTCOME_NOT_NEWER);
	assert_true(it.outcome.entry.version == 200);
	sdd_locks_free(locks);
	event_base_free(base);
}

/* }}} */

/* {{{ delete */

static void a_delete_leaves_a_tombstone_that_outlives_the_entry(void **state)
{
	(void)state;
	(void)set("a", (struct sdd_set_request){.has_ttl = true, .ttl = 1000});
	assert_int_equal(delete_entry((struct sdd_delete_request){0}), SDD_OUTCOME_DONE);
	assert_int_equal(stored()->flags, SDD_TOMBSTONE);
	assert_int_equal(stored()->expires_ms, NOW_MS + 1000000);
	assert_int_equal(get((struct sdd_get_request){0}), SDD_OUTCOME_ABSENT);
	assert_true(it.outcome.is_tombstone);
	assert_int_equal(delete_entry((struct sdd_delete_request){0}), SDD_OUTCOME_ABSENT);
	(void)set("a", (struct sdd_set_request){.has_ttl = true, .ttl = 0});
	(void)delete_entry((struct sdd_delete_request){0});
	assert_int_equal(stored()->expires_ms, NOW_MS + MONTH_S * 1000ll);
	(void)set("a", (struct sdd_set_request){0});
	(void)delete_entry((struct sdd_delete_request){.has_ttl = true, .ttl = 500});
	assert_int_equal(stored()->expires_ms, NOW_MS + 500000);
}

static void a_delete_with_a_version_is_remembered_without_an_entry(void **state)
{
	const struct sdd_condition condition = {.has_version = true, .version = 9};

	(void)state;
	assert_int_equal(delete_entry((struct sdd_delete_request){0}), SDD_OUTCOME_ABSENT);
	assert_null(stored());
	assert_int_equal(delete_entry((struct sdd_delete_request){.condition = condition}),
	                 SDD_OUTCOME_ABSENT);
	assert_int_equal(stored()->flags, SDD_TOMBSTONE);
	assert_int_equal(stored()->version, 9);
	assert_int_equal(stored()->expires_ms, NOW_MS + EXPIRATION_MS);
}

static void a_delete_of_another_version_changes_nothing(void **state)
{
	const struct sdd_condition condition = {.has_compare = true, .compare = 1};

	(void)state;
	(void)set("a", (struct sdd_set_request){0});
	assert_int_equal(delete_entry((struct sdd_delete_request){.condition = condition}),
	                 SDD_OUTCOME_OTHER_VERSION);
	assert_value("a");
}

static void a_delete_can_leave_the_entry_without_its_value(void **state)
{
	(void)state;
	(void)set("a", (struct sdd_set_request){.client_flags = 7, .is_binary_key = true});
	assert_int_equal(delete_entry((struct sdd_delete_request){.deletes_value_only = true}),
	                 SDD_OUTCOME_DONE);
	assert_value("");
	assert_int_equal(stored()->client_flags, 0);
	assert_int_equal(stored()->flags, SDD_BINARY_KEY);
	assert_int_equal(stored()->expires_ms, NOW_MS + EXPIRATION_MS);
}

/* }}} */

/* {{{ adjust */

static void numbers_are_adjusted_within_their_limits(void **state)
{
	(void)state;
	(void)set(" 10 ", (struct sdd_set_request){.client_flags = 7});
	assert_int_equal(adjust((struct sdd_adjust_request){.delta = 5}), SDD_OUTCOME_DONE);
	assert_value("15");
	assert_int_equal(stored()->client_flags, 7);
	(void)adjust((struct sdd_adjust_request){.delta = 20, .decrements = true});
	assert_value("0");
	(void)set("18446744073709551615", (struct sdd_set_request){0});
	(void)adjust((struct sdd_adjust_request){.delta = 2});
	assert_value("1");
	(void)adjust((struct sdd_adjust_request){.delta = 1, .has_ttl = true, .ttl = 5});
	assert_int_equal(stored()->expires_ms, NOW_MS + 5000);
}

static void what_is_no_number_is_not_adjusted(void **state)
{
	static const char *const values[] = {"", "x", "-1", "18446744073709551616", "1 2"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(values); i++) {
		(void)set(values[i], (struct sdd_set_request){0});
		assert_int_equal(adjust((struct sdd_adjust_request){.delta = 1}), SDD_OUTCOME_NOT_A_NUMBER);
		assert_value(values[i]);
	}
}

static void an_absent_number_is_made_only_if_asked_to(void **state)
{
	(void)state;
	assert_int_equal(adjust((struct sdd_adjust_request){.delta = 1}), SDD_OUTCOME_ABSENT);
	assert_null(stored());
	assert_int_equal(adjust((struct sdd_adjust_request){
						 .delta = 1, .has_vivify = true, .vivify = 7, .initial = 42}),
	                 SDD_OUTCOME_DONE);
	assert_value("42");
	assert_int_equal(stored()->expires_ms, NOW_MS + 7000);
}

static void a_number_of_another_version_is_not_adjusted(void **state)
{
	struct sdd_condition condition = {.has_compare = true, .compare = 1};

	(void)state;
	(void)set("10", (struct sdd_set_request){0});
	assert_int_equal(adjust((struct sdd_adjust_request){.delta = 1, .condition = condition}),
	                 SDD_OUTCOME_OTHER_VERSION);
	condition.compare = 0; /* none */
	assert_int_equal(adjust((struct sdd_adjust_request){.delta = 1, .condition = condition}),
	                 SDD_OUTCOME_DONE);
	assert_value("11");
}

/* }}} */

/* How long the tombstone lives that a delete leaves. */
static int64_t tombstone_of(struct sdd_delete_request request)
{
	static uint64_t version = 1000;

	request.condition = (struct sdd_condition){.has_version = true, .version = version++};
	(void)delete_entry(request);
	assert_int_equal(stored()->flags, SDD_TOMBSTONE);
	return (stored()->expires_ms - it.batch.now_ms) / 1000;
}

static void a_tombstone_of_nothing_lives_as_long_as_the_longest_ttl(void **state)
{
	(void)state;
	it.key = sdd_store_key(it.batch.store, (struct sd_bytes){"other", 5});
	(void)set("a", (struct sdd_set_request){.has_ttl = true, .ttl = 5000});
	it.key = sdd_store_key(it.batch.store, (struct sd_bytes){"key", 3});
	assert_int_equal(tombstone_of((struct sdd_delete_request){0}), 5000);
	it.key = sdd_store_key(it.batch.store, (struct sd_bytes){"more", 4});
	assert_int_equal(tombstone_of((struct sdd_delete_request){.has_ttl = true, .ttl = 6000}), 6000);
	/* the second delete does not shorten it */
	assert_int_equal(tombstone_of((struct sdd_delete_request){.has_ttl = true, .ttl = 10}), 6000);
	/* that of an entry which this server has is known */
	(void)set("a", (struct sdd_set_request){.has_ttl = true, .ttl = 200});
	assert_int_equal(tombstone_of((struct sdd_delete_request){0}), 200);
}

static void a_tombstone_of_what_may_live_for_ever_elsewhere_lives_a_month(void **state)
{
	(void)state;
	assert_int_equal(tombstone_of((struct sdd_delete_request){.has_ttl = true, .ttl = 0}), MONTH_S);
}

static void no_tombstone_lives_longer_than_a_month(void **state)
{
	const int64_t date = NOW_MS / 1000 + 3 * MONTH_S;

	(void)state;
	assert_int_equal(tombstone_of((struct sdd_delete_request){.has_ttl = true, .ttl = UINT32_MAX}),
	                 MONTH_S);
	(void)set("a", (struct sdd_set_request){.has_ttl = true, .ttl = date});
	assert_int_equal(tombstone_of((struct sdd_delete_request){0}), MONTH_S);
	(void)set("a", (struct sdd_set_request){.has_ttl = true, .ttl = 0});
	assert_int_equal(tombstone_of((struct sdd_delete_request){.has_ttl = true, .ttl = date}),
	                 MONTH_S);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_tombstone_of_nothing_lives_as_long_as_the_longest_ttl),
		TEST(a_tombstone_of_what_may_live_for_ever_elsewhere_lives_a_month),
		TEST(no_tombstone_lives_longer_than_a_month),
		TEST(add_wants_no_entry_and_replace_wants_one),
		TEST(append_and_prepend_join_and_leave_the_rest_as_it_is),
		TEST(append_makes_an_absent_entry_only_if_asked_to),
		TEST(a_compared_version_must_be_the_entrys),
		TEST(a_version_of_the_clients_is_taken_and_must_be_newer_if_it_says_so),
		TEST(a_set_without_a_condition_makes_no_search),
		TEST(a_set_that_must_be_newer_and_is_above_all_makes_no_search),
		TEST(a_set_that_is_not_above_all_is_compared_with_its_own_entry),
		TEST(a_set_that_must_be_newer_and_has_no_version_is_refused_if_there_is_an_entry),
		TEST(the_stores_version_exceeds_one_of_a_client_that_is_ahead),
		TEST(a_tombstone_keeps_older_sets_out_though_nobody_searches_for_newer_ones),
		TEST(an_invalidation_counts_as_a_version),
		TEST(after_a_restart_older_sets_are_kept_out_and_later_ones_proven),
		TEST(a_repair_proves_nothing_before_the_server_has_settled),
		TEST(a_set_without_a_search_is_an_access_and_a_ttl),
		TEST(nobody_searches_for_a_holder_who_lost_the_lock),
		TEST(a_joined_value_is_no_larger_than_one_that_can_be_set),
		TEST(a_write_for_the_holder_needs_the_lock),
		TEST(a_write_of_a_holder_that_was_performed_before_is_told_by_its_version),
		TEST(a_delete_leaves_a_tombstone_that_outlives_the_entry),
		TEST(a_delete_with_a_version_is_remembered_without_an_entry),
		TEST(a_delete_of_another_version_changes_nothing),
		TEST(a_delete_can_leave_the_entry_without_its_value),
		TEST(numbers_are_adjusted_within_their_limits),
		TEST(what_is_no_number_is_not_adjusted),
		TEST(an_absent_number_is_made_only_if_asked_to),
		TEST(a_number_of_another_version_is_not_adjusted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
