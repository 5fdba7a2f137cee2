/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Writing: on which servers, with which versions, and what a newer version does to it. */

#include <string.h>

#include "client/policy/write.h"
#include "tests/unit/client/three_servers.h"

/* {{{ set, by the table */

static void set_with_both_up_stores_on_both_at_once(void **state)
{
	struct pool *pool = *state;

	both_answer(pool, SD_OK, SD_OK);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->entry.stored, 2);
	assert_asked_both_at_once(pool, SD_SET, SD_SET);
}

static void set_with_the_first_down_stores_on_the_second_alone(void **state)
{
	struct pool *pool = *state;

	fake_refuses(&pool->network, pool->first, 1);
	fake_answers(&pool->network, pool->second, SD_OK, 5);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->entry.stored, 1);
	assert_asked_both_at_once(pool, SD_SET, SD_SET);
}

static void set_with_the_second_down_stores_on_the_first_alone(void **state)
{
	struct pool *pool = *state;

	fake_answers(&pool->network, pool->first, SD_OK, 5);
	fake_refuses(&pool->network, pool->second, 1);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->entry.stored, 1);
	assert_asked_both_at_once(pool, SD_SET, SD_SET);
}

static void set_with_both_down_fails_and_stores_nothing(void **state)
{
	struct pool *pool = *state;

	fake_refuses(&pool->network, pool->first, 1);
	fake_refuses(&pool->network, pool->second, 1);
	assert_int_equal(do_set(pool), SD_UNREACHABLE);
	assert_int_equal(pool->error.status, SD_UNREACHABLE);
	assert_int_equal(pool->entry.stored, 0);
	assert_asked_both_at_once(pool, SD_SET, SD_SET);
}

static void set_counts_a_server_that_refused_or_stalled_as_down(void **state)
{
	struct pool *pool = *state;

	fake_answers(&pool->network, pool->first, SD_REFUSED, 5);
	fake_answers(&pool->network, pool->second, SD_OK, 5);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->entry.stored, 1);
	fake_stalls(&pool->network, pool->first);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->entry.stored, 1);
}

static void set_hands_key_value_and_ttl_to_both(void **state)
{
	struct pool *pool = *state;

	both_answer(pool, SD_OK, SD_OK);
	assert_int_equal(do_set_for(pool, "the value", 42), SD_OK);
	assert_asked_both_at_once(pool, SD_SET, SD_SET);
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(pool->network.asked[i].key, KEY);
		assert_string_equal(pool->network.asked[i].data, "the value");
		assert_int_equal(pool->network.asked[i].ttl, 42);
		assert_null(pool->network.asked[i].sink);
	}
}

/* }}} */

/* {{{ delete, by the table */

static void delete_with_both_up_is_on_both_at_once(void **state)
{
	struct pool *pool = *state;

	both_answer(pool, SD_OK, SD_OK);
	assert_int_equal(do_delete(pool), SD_OK);
	assert_asked_both_at_once(pool, SD_DELETE, SD_DELETE);
	assert_string_equal(pool->network.asked[0].key, KEY);
	assert_string_equal(pool->network.asked[1].key, KEY);
}

static void delete_with_the_first_down_is_on_the_second(void **state)
{
	struct pool *pool = *state;

	fake_refuses(&pool->network, pool->first, 1);
	fake_answers(&pool->network, pool->second, SD_OK, 5);
	assert_int_equal(do_delete(pool), SD_OK);
	assert_asked_both_at_once(pool, SD_DELETE, SD_DELETE);
}

static void delete_with_the_second_down_is_on_the_first(void **state)
{
	struct pool *pool = *state;

	fake_answers(&pool->network, pool->first, SD_OK, 5);
	fake_refuses(&pool->network, pool->second, 1);
	assert_int_equal(do_delete(pool), SD_OK);
	assert_asked_both_at_once(pool, SD_DELETE, SD_DELETE);
}

static void delete_with_both_down_fails(void **state)
{
	struct pool *pool = *state;

	fake_refuses(&pool->network, pool->first, 1);
	fake_refuses(&pool->network, pool->second, 1);
	assert_int_equal(do_delete(pool), SD_UNREACHABLE);
	assert_int_equal(pool->error.status, SD_UNREACHABLE);
	assert_asked_both_at_once(pool, SD_DELETE, SD_DELETE);
}

static void delete_is_done_when_either_had_it(void **state)
{
	struct pool *pool = *state;

	both_answer(pool, SD_OK, SD_ABSENT);
	assert_int_equal(do_delete(pool), SD_OK);
	both_answer(pool, SD_ABSENT, SD_OK);
	assert_int_equal(do_delete(pool), SD_OK);
}

static void delete_is_absent_when_neither_had_it(void **state)
{
	struct pool *pool = *state;

	both_answer(pool, SD_ABSENT, SD_ABSENT);
	assert_int_equal(do_delete(pool), SD_ABSENT);
}

static void delete_is_absent_when_the_only_one_up_had_none(void **state)
{
	struct pool *pool = *state;

	both_answer(pool, SD_ABSENT, SD_UNREACHABLE);
	assert_int_equal(do_delete(pool), SD_ABSENT);
	both_answer(pool, SD_TIMEOUT, SD_ABSENT);
	assert_int_equal(do_delete(pool), SD_ABSENT);
}

/* }}} */

/* {{{ the whole table */

static void check_is_set(struct fake_store *store)
{
	assert_true(store == NULL || strcmp(fake_entry_of(store, KEY)->value, "the value") == 0);
}

static void check_is_tombstone(struct fake_store *store)
{
	assert_true(store == NULL || fake_entry_of(store, KEY)->is_tombstone);
}

static void set_goes_by_the_table_whatever_ails_a_server(void **state)
{
	run_table(*state, do_set, check_is_set);
}

static void delete_goes_by_the_table_whatever_ails_a_server(void **state)
{
	run_table(*state, do_delete, check_is_tombstone);
}

/* }}} */

/* {{{ clocks that differ */

static void write_over_what_is_ahead(struct pool *pool, enum sd_status (*kind)(struct pool *),
                                     bool deletes)
{
	for (size_t i = 1; i < 4; i++) { /* ahead on the first, on the second, on both */
		use_stores(pool);
		if (i & 1) {
			fake_put(pool->at_first, KEY, "ahead", AHEAD);
		}
		if (i & 2) {
			fake_put(pool->at_second, KEY, "ahead", 2 * AHEAD);
		}
		assert_int_equal(kind(pool), SD_OK);
		/* if one of them took it, both are looked at, and that one is first */
		assert_int_equal(pool->network.rounds, i == 3 ? 2 : 4);
		assert_int_equal(pool->network.asked_count, i == 3 ? 4 : 6);
		assert_int_equal(version_at(pool->at_first), version_at(pool->at_second));
		assert_true(version_at(pool->at_first) > (i & 2 ? 2 : 1) * AHEAD);
		assert_int_equal(fake_entry_of(pool->at_first, KEY)->is_tombstone, deletes);
		assert_int_equal(fake_entry_of(pool->at_second, KEY)->is_tombstone, deletes);
	}
}

static void a_set_that_finds_something_newer_is_repeated_once_above_it(void **state)
{
	struct pool *pool = *state;

	write_over_what_is_ahead(pool, do_set, false);
	assert_both_have(pool, "the value");
	assert_int_equal(pool->entry.stored, 2);
}

static void a_delete_that_finds_something_newer_is_repeated_once_above_it(void **state)
{
	write_over_what_is_ahead(*state, do_delete, true);
}

static void it_is_repeated_only_on_those_that_answered(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_first, KEY, "ahead", AHEAD);
	pool->at_second->act = FAKE_REFUSES;
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->entry.stored, 1);
	assert_int_equal(pool->network.asked_count, 3);
	assert_asked(&pool->network.asked[2], 2, SD_SET, pool->first);
	assert_true(version_at(pool->at_first) > AHEAD);
}

/* The other's answer is awaited, and then there must be time to write what was not written. */
static void a_slow_second_does_not_keep_a_set_from_being_repeated(void **state)
{
	struct pool *pool = *state;
	int64_t start_ms = pool->clock_ms;

	use_stores(pool);
	fake_put(pool->at_first, KEY, "ahead", AHEAD);
	pool->at_second->act = FAKE_STALLS;
	if (do_set(pool) == SD_OK) { /* else the caller knows, which is as good */
		assert_int_equal(strcmp(fake_entry_of(pool->at_first, KEY)->value, "the value"), 0);
	}
	assert_in_range(pool->clock_ms - start_ms, 0, SERVER_TIMEOUT_MS);
}

static void versions_grow_whatever_the_clock_does(void **state)
{
	struct pool *pool = *state;
	uint64_t before;

	use_stores(pool);
	assert_int_equal(do_set(pool), SD_OK);
	before = version_at(pool->at_first);
	pool->network.wall_us = -INT64_C(900) * 1000 * 1000;
	assert_int_equal(do_set(pool), SD_OK);
	assert_true(version_at(pool->at_first) > before);
	assert_int_equal(pool->network.rounds, 2); /* neither had to be repeated */
	fake_put(pool->at_first, KEY, "ahead", AHEAD);
	assert_got(pool, "ahead", AHEAD);
	fake_forget(&pool->network);
	assert_int_equal(do_set(pool), SD_OK);
	assert_true(version_at(pool->at_first) > AHEAD);
	assert_int_equal(pool->network.rounds, 1);
}

static void both_servers_get_one_version_and_only_with_redundancy(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	assert_int_equal(do_set(pool), SD_OK);
	assert_true(pool->network.asked[0].version != 0);
	assert_int_equal(pool->network.asked[0].version, pool->network.asked[1].version);
	assert_int_equal(pool->network.asked[0].condition, SD_IF_NEWER);
	fake_forget(&pool->network);
	pool->policy.pool.redundancy = false;
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->network.asked[0].version, 0);
	assert_int_equal(pool->network.asked[0].condition, SD_ALWAYS);
}

static void what_is_deleted_while_a_server_is_down_stays_deleted(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	assert_int_equal(do_set(pool), SD_OK);
	pool->at_second->act = FAKE_REFUSES;
	assert_int_equal(do_delete(pool), SD_OK);
	pool->at_second->act = FAKE_ANSWERS;
	fake_restart(pool->at_second);
	assert_missed(pool);
	pool->at_first->act = FAKE_REFUSES;
	assert_missed(pool); /* and the second believes it itself now */
}

/* }}} */

/* {{{ a write happens once */

/* What others do while ours is on its way to the second server. */
static void (*others_do)(struct pool *);

static void let_others(struct fake_transport *fake, void *context)
{
	struct pool *pool = context;

	if (fake->rounds == 1) {
		pool->clock_ms += 400;
		others_do(pool);
	}
}

/* Ours is taken by the first server, and others write after that on both; then it reaches the
 * second. */
static void run_late(struct pool *pool, enum sd_status (*ours)(struct pool *),
                     void (*others)(struct pool *))
{
	use_stores(pool);
	fake_put(pool->at_first, KEY, "1", OLD);
	fake_put(pool->at_second, KEY, "1", OLD);
	others_do = others;
	pool->network.between = let_others;
	pool->network.context = pool;
	assert_int_equal(ours(pool), SD_OK);
	pool->network.between = NULL;
	assert_int_equal(version_at(pool->at_first), version_at(pool->at_second));
	assert_true(version_at(pool->at_first) > pool->network.asked[0].version);
	/* looked at once, and never written again */
	assert_int_equal(pool->network.asked_count, 4);
	assert_asked(&pool->network.asked[2], 2, SD_EXISTS, pool->first);
	assert_asked(&pool->network.asked[3], 2, SD_EXISTS, pool->second);
}

static void others_replace(struct pool *pool)
{
	const struct sd_change change = {.kind = SD_REPLACE};

	assert_int_equal(others_change(pool, &change, "others"), SD_OK);
}

static void a_delete_that_took_effect_is_over(void **state)
{
	struct pool *pool = *state;

	run_late(pool, do_delete, others_add);
	assert_int_equal(fake_entry_of(pool->at_first, KEY)->is_tombstone, false);
	run_late(pool, do_delete, others_set);
	assert_int_equal(fake_entry_of(pool->at_second, KEY)->is_tombstone, false);
}

static void a_set_that_took_effect_undoes_no_later_change(void **state)
{
	struct pool *pool = *state;

	run_late(pool, do_set, others_set);
	run_late(pool, do_set, others_replace);
	run_late(pool, do_set, others_delete);
	assert_int_equal(fake_entry_of(pool->at_first, KEY)->is_tombstone, true);
}

static void write_just_now_on_second(struct pool *pool)
{
	fake_put(pool->at_second, KEY, "just now", (uint64_t)pool->clock_ms * 1000);
}

static void carry_to_second(struct pool *pool)
{
	fake_put(pool->at_second, KEY, "the value", version_at(pool->at_first));
}

static void both_refuse(struct pool *pool, uint64_t version)
{
	const struct fake_script script = {.status = SD_CONFLICT, .reason = "", .version = version};
	struct fake_script first = script;
	struct fake_script second = script;

	first.server = pool->first;
	second.server = pool->second;
	fake_script(&pool->network, &first);
	fake_script(&pool->network, &second);
}

/* The answer of the first server is lost. What the second has may have come before, from a client
 * whose clock is ahead; or from somebody who saw ours on the first. */
static void a_write_that_may_have_taken_effect_fails_if_the_other_server_refuses_it(void **state)
{
	struct pool *pool = *state;

	for (int deletes = 0; deletes < 2; deletes++) {
		use_stores(pool);
		pool->at_first->act = FAKE_LOSES_ANSWERS;
		others_do = write_just_now_on_second;
		pool->network.between = let_others;
		pool->network.context = pool;
		assert_int_equal(deletes ? do_delete(pool) : do_set(pool), SD_CLOSED);
		pool->network.between = NULL;
		assert_int_equal(pool->entry.stored, 0);
		assert_text_has(&pool->error, pool->first->host);
		assert_string_equal(fake_entry_of(pool->at_second, KEY)->value, "just now");
		/* what was seen then is not in the way of the next one */
		pool->at_first->act = FAKE_ANSWERS;
		assert_int_equal(deletes ? do_delete(pool) : do_set(pool), SD_OK);
		assert_int_equal(fake_entry_of(pool->at_second, KEY)->is_tombstone, deletes);
	}
}

/* A server that cannot be connected to has not taken it. */
static void a_write_that_cannot_have_taken_effect_is_made_anew(void **state)
{
	static const enum fake_act acts_before[] = {FAKE_REFUSES, FAKE_NEVER_CONNECTS};
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(acts_before); i++) {
		use_stores(pool);
		fake_put(pool->at_second, KEY, "ahead", AHEAD);
		pool->at_first->act = acts_before[i];
		assert_int_equal(do_set(pool), SD_OK);
		assert_int_equal(pool->entry.stored, 1);
		assert_string_equal(fake_entry_of(pool->at_second, KEY)->value, "the value");
	}
}

/* It came before, from a client whose clock is ahead by a little: an acknowledged write must not be
 * lost. */
static void write_just_now_on_first(struct fake_transport *fake, void *context)
{
	struct pool *pool = context;

	if (fake->rounds == 1) {
		fake_put(pool->at_first, KEY, "just now", (uint64_t)pool->clock_ms * 1000 + 1);
	}
}

static void a_delete_that_one_server_still_has_is_repeated_above_what_refuses_it(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_second, KEY, "1", OLD);
	pool->network.meanwhile = write_just_now_on_first;
	pool->network.context = pool;
	assert_int_equal(do_delete(pool), SD_OK);
	pool->network.meanwhile = NULL;
	assert_true(fake_entry_of(pool->at_first, KEY)->is_tombstone);
	assert_true(fake_entry_of(pool->at_second, KEY)->is_tombstone);
}

/* The read of somebody else has carried ours to the second server before it came there. */
static void a_write_that_a_repair_has_carried_is_done(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	others_do = carry_to_second;
	pool->network.between = let_others;
	pool->network.context = pool;
	assert_int_equal(do_set(pool), SD_OK);
	pool->network.between = NULL;
	assert_int_equal(pool->entry.stored, 2);
	assert_int_equal(pool->network.rounds, 1);
}

/* Two writers have the same version by chance: ours was stored nowhere. */
static void put_our_version_on_both(struct fake_transport *fake, void *context)
{
	struct pool *pool = context;

	if (fake->rounds == 1) {
		fake_put(pool->at_first, KEY, "others", (uint64_t)pool->clock_ms * 1000);
		fake_put(pool->at_second, KEY, "others", (uint64_t)pool->clock_ms * 1000);
	}
}

static void a_version_that_somebody_else_has_too_is_no_copy_of_ours(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	pool->network.meanwhile = put_our_version_on_both;
	pool->network.context = pool;
	assert_int_equal(do_set(pool), SD_OK);
	pool->network.meanwhile = NULL;
	assert_both_have(pool, "the value");
}

/* A server that goes on refusing by the same version is no server that has stored anything. */
static void a_second_refusal_by_the_same_version_is_a_failure(void **state)
{
	struct pool *pool = *state;

	both_refuse(pool, AHEAD);
	assert_int_equal(do_set(pool), SD_REFUSED);
	assert_int_equal(pool->entry.stored, 0);
	assert_text_has(&pool->error, "refuses a newer one");
	both_refuse(pool, AHEAD);
	assert_int_equal(do_delete(pool), SD_REFUSED);
}

/* }}} */

/* {{{ versions that are far ahead */

#define POISON UINT64_MAX

static void report_time(struct pool *pool)
{
	pool->at_first->tells_time = pool->at_second->tells_time = true;
}

static void nothing_is_far_enough_ahead_to_stay(void **state)
{
	static const uint64_t poisons[] = {POISON, INT64_MAX, UINT64_C(2) * 86400 * 1000000};
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(poisons); i++) {
		for (int where = 1; where < 4; where++) {
			for (int deletes = 0; deletes < 2; deletes++) {
				use_stores(pool);
				report_time(pool);
				if (where & 1) {
					fake_put(pool->at_first, KEY, "poison", poisons[i]);
				}
				if (where & 2) {
					fake_put_tombstone(pool->at_second, KEY, poisons[i]);
				}
				assert_int_equal(sd_status_is_failure(deletes ? do_delete(pool) : do_set(pool)),
				                 false);
				assert_int_equal(version_at(pool->at_first), version_at(pool->at_second));
				assert_in_range(version_at(pool->at_first), 1, 2 * pool->clock_ms * 1000);
				assert_int_equal(fake_entry_of(pool->at_first, KEY)->is_tombstone, deletes);
			}
		}
	}
}

static void a_version_of_less_than_a_day_ahead_orders_writes(void **state)
{
	struct pool *pool = *state;
	uint64_t ahead = (uint64_t)pool->clock_ms * 1000 + UINT64_C(23) * 3600 * 1000000;

	use_stores(pool);
	report_time(pool);
	fake_put(pool->at_first, KEY, "ahead", ahead);
	assert_int_equal(do_set(pool), SD_OK);
	assert_true(version_at(pool->at_first) > ahead);
	assert_both_have(pool, "the value");
}

/* }}} */

/* {{{ whose clock */

static void versions_go_by_the_first_servers_clock_whatever_ones_own_says(void **state)
{
	static const int64_t own_us[] = {INT64_C(3600) * 1000000, -INT64_C(900) * 1000000};
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(own_us); i++) {
		use_stores(pool);
		report_time(pool);
		pool->network.wall_us = own_us[i];
		pool->at_first->wall_us = 7;
		pool->at_second->wall_us = 9;
		assert_int_equal(do_set(pool), SD_OK);
		assert_in_range(version_at(pool->at_first), (pool->clock_ms - 5) * 1000 + 7,
		                pool->clock_ms * 1000 + 7);
		pool->at_first->tells_time = false;
		pool->network.last_version = 0;
		assert_int_equal(do_delete(pool), SD_OK);
		assert_in_range(version_at(pool->at_second) % 1000, 9, 9);
	}
}

static void servers_are_greeted_before_the_first_write_and_not_again(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	report_time(pool);
	pool->network.wall_us = INT64_C(3600) * 1000000;
	pool->at_first->is_strange = pool->at_second->is_strange = true;
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->network.asked_count, 4);
	assert_asked(&pool->network.asked[0], 1, SD_GREET, pool->first);
	assert_asked(&pool->network.asked[1], 1, SD_GREET, pool->second);
	assert_in_range(version_at(pool->at_first), 1, pool->clock_ms * 1000);
	fake_forget(&pool->network);
	assert_int_equal(do_set(pool), SD_OK);
	assert_asked_both_at_once(pool, SD_SET, SD_SET);
}

static void who_does_not_answer_the_greeting_is_not_written_to(void **state)
{
	struct pool *pool = *state;

	for (size_t act = 1; act < COUNT_OF(acts); act++) {
		int64_t start_ms = pool->clock_ms;

		use_stores(pool);
		pool->at_first->is_strange = pool->at_second->is_strange = true;
		pool->at_first->act = acts[act];
		assert_int_equal(do_set(pool), SD_OK);
		assert_int_equal(pool->entry.stored, 1);
		assert_int_equal(times_asked(&pool->network, SD_SET), 1);
		assert_in_range(pool->clock_ms - start_ms, 0, SERVER_TIMEOUT_MS);
		assert_int_equal(pool->network.events[SD_FAILED_OVER], 1);
		pool->at_second->act = acts[act];
		pool->at_second->is_strange = true;
		assert_int_equal(sd_status_is_failure(do_set(pool)), true);
		assert_text_has(&pool->error, pool->first->host);
		assert_text_has(&pool->error, pool->second->host);
	}
}

/* }}} */

/* {{{ times to live that a classic server cannot keep */

static void a_ttl_on_a_mixed_pair_fails_before_anything_is_written(void **state)
{
	struct pool *pool = *state;

	for (int first = 0; first < 2; first++) {
		use_kinds(pool, first ? FAKE_CLASSIC : FAKE_SHAREDANCED,
		          first ? FAKE_SHAREDANCED : FAKE_CLASSIC);
		(first ? pool->at_first : pool->at_second)->is_strange = true;
		fake_put(pool->at_first, KEY, "old", 1);
		fake_put(pool->at_second, KEY, "old", 1);
		assert_int_equal(do_set_for(pool, "new", 60), SD_UNSUPPORTED);
		assert_text_has(&pool->error, "60 s");
		assert_int_equal(do_set_for(pool, "new", SD_FOREVER), SD_UNSUPPORTED);
		assert_int_equal(do_touch(pool, 60), SD_UNSUPPORTED);
		assert_string_equal(fake_entry_of(pool->at_first, KEY)->value, "old");
		assert_string_equal(fake_entry_of(pool->at_second, KEY)->value, "old");
		assert_int_equal(times_asked(&pool->network, SD_SET), 0);
		assert_int_equal(times_asked(&pool->network, SD_TOUCH), 0);
		assert_int_equal(do_set_for(pool, "new", 0), SD_OK);
		assert_int_equal(pool->entry.stored, 2);
	}
}

/* }}} */

/* {{{ memcached, which cannot compare */

static void memcached_is_looked_at_before_it_is_written_to(void **state)
{
	struct pool *pool = *state;

	use_kind(pool, FAKE_MEMCACHED);
	fake_put(pool->at_first, KEY, "old", 2 * AHEAD);
	fake_put(pool->at_second, KEY, "old", AHEAD);
	pool->at_second->act = FAKE_REFUSES;
	assert_int_equal(do_set(pool), SD_OK);
	assert_true(version_at(pool->at_first) > 2 * AHEAD);
	pool->at_second->act = FAKE_ANSWERS;
	assert_got(pool, "the value", version_at(pool->at_first));
}

static void write_ahead_on_both(struct pool *pool)
{
	fake_put(pool->at_first, KEY, "others", 4 * AHEAD);
	fake_put(pool->at_second, KEY, "others", 4 * AHEAD);
}

/* What came in between the look and the write is not what was looked at. */
static void what_is_written_to_memcached_meanwhile_is_not_undone_by_what_is_older(void **state)
{
	struct pool *pool = *state;

	use_kind(pool, FAKE_MEMCACHED);
	fake_put(pool->at_first, KEY, "old", OLD);
	fake_put(pool->at_second, KEY, "old", OLD);
	interrupt(pool, 3, write_ahead_on_both);
	assert_int_equal(do_set(pool), SD_OK);
	assert_both_have(pool, "the value");
	assert_true(version_at(pool->at_first) > 4 * AHEAD);
}

static void memcached_and_sharedanced_make_a_pair(void **state)
{
	struct pool *pool = *state;

	for (int first = 0; first < 2; first++) {
		use_kinds(pool, first ? FAKE_MEMCACHED : FAKE_SHAREDANCED,
		          first ? FAKE_SHAREDANCED : FAKE_MEMCACHED);
		fake_put(first ? pool->at_first : pool->at_second, KEY, "ahead", AHEAD);
		assert_int_equal(do_set(pool), SD_OK);
		assert_int_equal(pool->entry.stored, 2);
		assert_both_have(pool, "the value");
		assert_true(version_at(pool->at_first) > AHEAD);
		assert_int_equal(do_delete(pool), SD_OK);
		assert_missed(pool);
	}
}

/* Somebody who writes all the time, each time so much later than what is there. */
static void write_first_again(struct fake_transport *fake, void *context)
{
	struct pool *pool = context;
	const struct fake_entry *entry = fake_entry_of(pool->at_first, KEY);

	fake_put(pool->at_first, KEY, "rival",
	         (entry != NULL ? entry->version : fake->last_version) + 1500);
}

static void a_write_gets_ahead_of_others_who_write_all_the_time(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	pool->at_second->act = FAKE_REFUSES;
	fake_put(pool->at_first, KEY, "rival", AHEAD);
	pool->network.meanwhile = write_first_again;
	pool->network.context = pool;
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->entry.stored, 1);
	assert_in_range(version_at(pool->at_first) - AHEAD, 1500 * 2, 1500 * 16 + 16384);
}

/* Somebody who changes the entry between each look and write. */
static uint64_t restless_version;

static void change_first_again(struct fake_transport *fake, void *context)
{
	struct pool *pool = context;

	if (fake->rounds % 2 == 1) {
		fake_put(pool->at_first, KEY, "restless", restless_version++);
	}
}

static void a_write_to_memcached_does_not_go_on_for_ever(void **state)
{
	struct pool *pool = *state;

	use_kind(pool, FAKE_MEMCACHED);
	pool->at_second->act = FAKE_REFUSES;
	restless_version = OLD;
	pool->network.meanwhile = change_first_again;
	pool->network.context = pool;
	assert_int_equal(do_set(pool), SD_TIMEOUT);
	assert_text_has(&pool->error, "others kept changing the entry");
	pool->network.meanwhile = NULL;
}

/* }}} */

/* {{{ servers without versions */

static void two_classic_servers_are_written_to_at_once(void **state)
{
	struct pool *pool = *state;

	use_kind(pool, FAKE_CLASSIC);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->entry.stored, 2);
	assert_asked_both_at_once(pool, SD_SET, SD_SET);
	assert_int_equal(do_delete(pool), SD_OK);
	assert_nothing(pool->at_first);
	assert_nothing(pool->at_second);
}

/* }}} */

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(set_with_both_up_stores_on_both_at_once),
		TEST(set_with_the_first_down_stores_on_the_second_alone),
		TEST(set_with_the_second_down_stores_on_the_first_alone),
		TEST(set_with_both_down_fails_and_stores_nothing),
		TEST(set_counts_a_server_that_refused_or_stalled_as_down),
		TEST(set_hands_key_value_and_ttl_to_both),
		TEST(delete_with_both_up_is_on_both_at_once),
		TEST(delete_with_the_first_down_is_on_the_second),
		TEST(delete_with_the_second_down_is_on_the_first),
		TEST(delete_with_both_down_fails),
		TEST(delete_is_done_when_either_had_it),
		TEST(delete_is_absent_when_neither_had_it),
		TEST(delete_is_absent_when_the_only_one_up_had_none),
		TEST(set_goes_by_the_table_whatever_ails_a_server),
		TEST(delete_goes_by_the_table_whatever_ails_a_server),
		TEST(a_set_that_finds_something_newer_is_repeated_once_above_it),
		TEST(a_delete_that_finds_something_newer_is_repeated_once_above_it),
		TEST(it_is_repeated_only_on_those_that_answered),
		TEST(a_slow_second_does_not_keep_a_set_from_being_repeated),
		TEST(versions_grow_whatever_the_clock_does),
		TEST(both_servers_get_one_version_and_only_with_redundancy),
		TEST(what_is_deleted_while_a_server_is_down_stays_deleted),
		TEST(a_delete_that_took_effect_is_over),
		TEST(a_set_that_took_effect_undoes_no_later_change),
		TEST(a_write_that_may_have_taken_effect_fails_if_the_other_server_refuses_it),
		TEST(a_write_that_cannot_have_taken_effect_is_made_anew),
		TEST(a_delete_that_one_server_still_has_is_repeated_above_what_refuses_it),
		TEST(a_write_that_a_repair_has_carried_is_done),
		TEST(a_version_that_somebody_else_has_too_is_no_copy_of_ours),
		TEST(a_second_refusal_by_the_same_version_is_a_failure),
		TEST(nothing_is_far_enough_ahead_to_stay),
		TEST(a_version_of_less_than_a_day_ahead_orders_writes),
		TEST(versions_go_by_the_first_servers_clock_whatever_ones_own_says),
		TEST(servers_are_greeted_before_the_first_write_and_not_again),
		TEST(who_does_not_answer_the_greeting_is_not_written_to),
		TEST(a_ttl_on_a_mixed_pair_fails_before_anything_is_written),
		TEST(memcached_is_looked_at_before_it_is_written_to),
		TEST(what_is_written_to_memcached_meanwhile_is_not_undone_by_what_is_older),
		TEST(memcached_and_sharedanced_make_a_pair),
		TEST(a_write_gets_ahead_of_others_who_write_all_the_time),
		TEST(a_write_to_memcached_does_not_go_on_for_ever),
		TEST(two_classic_servers_are_written_to_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
