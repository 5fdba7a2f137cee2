/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Conditional writes: who decides, what is carried to the other server, and what others do
 * meanwhile.
 */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "client/policy/change.h"
#include "client/policy/version.h"
#include "tests/unit/client/three_servers.h"

/* {{{ the whole table */

static void check_is_counted(struct fake_store *store)
{
	assert_true(store == NULL || strcmp(fake_entry_of(store, KEY)->value, "8") == 0);
}

static void change_goes_by_the_table_whatever_ails_a_server(void **state)
{
	run_table(*state, do_adjust, check_is_counted);
}

/* }}} */

/* {{{ the first server's word alone */

static void a_change_asks_both_whatever_the_read_policy(void **state)
{
	struct pool *pool = *state;

	read_from_first(pool);
	fake_put(pool->at_first, KEY, "1", OLD);
	fake_put(pool->at_second, KEY, "5", NEW);
	assert_int_equal(do_adjust(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "6");
	assert_both_have(pool, "6");
}

/* }}} */

/* {{{ changes of one server's entry */

static void without_redundancy_the_server_holds_the_condition_itself(void **state)
{
	struct pool *pool = *state;

	for (enum fake_kind kind = FAKE_SHAREDANCED; kind < FAKE_CLASSIC; kind++) {
		use_kind(pool, kind);
		pool->policy.pool.redundancy = false;
		assert_int_equal(do_replace(pool), SD_CONFLICT);
		assert_int_equal(do_cas(pool, OLD), SD_CONFLICT);
		assert_int_equal(do_adjust(pool), SD_ABSENT);
		assert_int_equal(pool->entry.stored, 0);
		assert_int_equal(do_add(pool), SD_OK);
		assert_int_equal(pool->entry.stored, 1);
		assert_string_equal(fake_entry_of(pool->at_first, KEY)->value, "added");
		assert_int_equal(pool->entry.version, version_at(pool->at_first));
		assert_int_equal(ttl_at(pool, pool->at_first), 59);
		assert_int_equal(do_add(pool), SD_CONFLICT);
		assert_int_equal(do_replace(pool), SD_OK);
		assert_string_equal(fake_entry_of(pool->at_first, KEY)->value, "replaced");
		assert_int_equal(do_cas(pool, pool->entry.version + 1), SD_CONFLICT);
		assert_int_equal(do_cas(pool, version_at(pool->at_first)), SD_OK);
		assert_string_equal(fake_entry_of(pool->at_first, KEY)->value, "swapped");
		assert_int_equal(do_adjust(pool), SD_REFUSED);
		fake_put(pool->at_first, KEY, "41", OLD);
		assert_int_equal(do_adjust(pool), SD_OK);
		assert_string_equal(pool->kept.bytes, "42");
		assert_int_equal(
			do_change(pool, &(struct sd_change){.kind = SD_ADJUST, .delta = 50, .decrement = true},
		              NULL),
			SD_OK);
		assert_string_equal(pool->kept.bytes, "0");
	}
}

static void a_classic_server_cannot_change_anything(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < 2; i++) {
		use_kind(pool, FAKE_CLASSIC);
		pool->policy.pool.redundancy = i == 0;
		fake_put(pool->at_first, KEY, "1", 1);
		assert_int_equal(do_add(pool), SD_UNSUPPORTED);
		assert_int_equal(do_replace(pool), SD_UNSUPPORTED);
		assert_int_equal(do_cas(pool, OLD), SD_UNSUPPORTED);
		assert_int_equal(do_adjust(pool), SD_UNSUPPORTED);
		assert_int_equal(times_asked(&pool->network, SD_SET), i == 0 ? 0 : 3);
	}
}

static void a_pair_of_which_one_has_no_versions_cannot_change_anything(void **state)
{
	static const enum fake_kind others[] = {FAKE_CLASSIC, FAKE_OLD_MEMCACHED};
	struct pool *pool = *state;

	for (size_t i = 0; i < 2 * COUNT_OF(others); i++) {
		if (i % 2) {
			use_kinds(pool, FAKE_SHAREDANCED, others[i / 2]);
		} else {
			use_kinds(pool, others[i / 2], FAKE_SHAREDANCED);
		}
		for (int has = 0; has < 2; has++) {
			if (has) {
				fake_put(pool->at_first, KEY, "1", OLD);
				fake_put(pool->at_second, KEY, "1", OLD);
			}
			assert_int_equal(do_add(pool), SD_UNSUPPORTED);
			assert_int_equal(do_replace(pool), SD_UNSUPPORTED);
			assert_int_equal(do_cas(pool, OLD), SD_UNSUPPORTED);
			assert_int_equal(do_adjust(pool), SD_UNSUPPORTED);
		}
		assert_int_equal(times_asked(&pool->network, SD_SET), 0);
		assert_int_equal(times_asked(&pool->network, SD_ARITHMETIC), 0);
	}
}

/* }}} */

/* {{{ changes with redundancy */

static void a_change_is_decided_by_the_first_and_carried_to_the_second(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(versioned_kinds); i++) {
		use_kind(pool, versioned_kinds[i]);
		assert_int_equal(do_add(pool), SD_OK);
		assert_int_equal(pool->entry.stored, 2);
		assert_both_have(pool, "added");
		assert_int_equal(pool->entry.version, version_at(pool->at_first));
		assert_int_equal(pool->network.asked_count, 4);
		assert_asked(&pool->network.asked[0], 1, SD_EXISTS, pool->first);
		assert_asked(&pool->network.asked[1], 1, SD_EXISTS, pool->second);
		assert_asked(&pool->network.asked[2], 2, SD_SET, pool->first);
		assert_asked(&pool->network.asked[3], 3, SD_SET, pool->second);
		assert_in_range(ttl_at(pool, pool->at_first), 59, 60);
		assert_in_range(ttl_at(pool, pool->at_second), 59, 60);
		assert_int_equal(do_add(pool), SD_CONFLICT);
		assert_int_equal(do_replace(pool), SD_OK);
		assert_both_have(pool, "replaced");
		assert_int_equal(do_cas(pool, pool->entry.version - 1), SD_CONFLICT);
		assert_int_equal(do_cas(pool, version_at(pool->at_second)), SD_OK);
		assert_both_have(pool, "swapped");
		fake_put(pool->at_first, KEY, "41", AHEAD)->expires_ms = pool->clock_ms + 70000;
		fake_put(pool->at_second, KEY, "41", AHEAD)->expires_ms = pool->clock_ms + 70000;
		fake_forget(&pool->network);
		assert_int_equal(do_adjust(pool), SD_OK);
		assert_string_equal(pool->kept.bytes, "42");
		assert_both_have(pool, "42");
		assert_true(version_at(pool->at_first) > AHEAD);
		assert_in_range(ttl_at(pool, pool->at_first), 68, 70);
		assert_in_range(ttl_at(pool, pool->at_second), 68, 70);
		assert_asked(&pool->network.asked[2], 2, SD_ARITHMETIC, pool->first);
		assert_asked(&pool->network.asked[3], 3, SD_SET, pool->second);
	}
}

static void what_is_not_there_is_neither_replaced_nor_swapped_nor_adjusted(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(versioned_kinds); i++) {
		use_kind(pool, versioned_kinds[i]);
		for (int tombstone = 0; tombstone < 2; tombstone++) {
			if (tombstone) {
				fake_put_tombstone(pool->at_first, KEY, OLD);
				fake_put_tombstone(pool->at_second, KEY, OLD);
			}
			assert_int_equal(do_replace(pool), SD_CONFLICT);
			assert_int_equal(do_cas(pool, OLD), SD_CONFLICT);
			assert_int_equal(do_adjust(pool), SD_ABSENT);
			assert_int_equal(kept_length(&pool->kept), 0);
		}
		assert_int_equal(times_asked(&pool->network, SD_SET), 0);
		assert_int_equal(do_add(pool), SD_OK);
		assert_both_have(pool, "added");
	}
}

static void the_second_decides_where_the_first_is_down(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 1; i < COUNT_OF(acts); i++) {
		use_stores(pool);
		fake_put(pool->at_second, KEY, "41", OLD);
		pool->at_first->act = acts[i];
		assert_int_equal(do_adjust(pool), SD_OK);
		assert_string_equal(pool->kept.bytes, "42");
		assert_int_equal(pool->entry.stored, 1);
		assert_string_equal(fake_entry_of(pool->at_second, KEY)->value, "42");
		assert_int_equal(do_add(pool), SD_CONFLICT);
		assert_int_equal(do_replace(pool), SD_OK);
		assert_int_equal(do_cas(pool, version_at(pool->at_second)), SD_OK);
	}
}

static void what_was_away_is_not_changed_alone(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_first, KEY, "41", OLD);
	fake_restart(pool->at_first);
	pool->at_second->act = FAKE_REFUSES;
	assert_int_equal(do_adjust(pool), SD_UNPROVEN);
	assert_int_equal(do_add(pool), SD_UNPROVEN);
	fake_evict(pool->at_first, KEY);
	assert_int_equal(do_add(pool), SD_UNPROVEN);
	assert_nothing(pool->at_first);
}

static void break_off_first(struct pool *pool)
{
	pool->at_first->act = FAKE_REFUSES;
}

static void the_second_decides_where_the_first_went_down_meanwhile(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_first, KEY, "41", OLD);
	fake_put(pool->at_second, KEY, "41", OLD);
	interrupt(pool, 2, break_off_first);
	assert_int_equal(do_adjust(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "42");
	assert_has(pool->at_first, "41", OLD);
	assert_string_equal(fake_entry_of(pool->at_second, KEY)->value, "42");
}

/* Another worker found it dead, between the look and the decision. */
static void mark_first(struct pool *pool)
{
	fake_is_marked(&pool->network, pool->first);
}

static void the_second_decides_where_the_first_was_marked_meanwhile(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_first, KEY, "41", OLD);
	fake_put(pool->at_second, KEY, "41", OLD);
	interrupt(pool, 2, mark_first);
	assert_int_equal(do_adjust(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "42");
	assert_has(pool->at_first, "41", OLD);
	assert_string_equal(fake_entry_of(pool->at_second, KEY)->value, "42");
}

static void lose_answers_of_first(struct pool *pool)
{
	pool->at_first->act = FAKE_LOSES_ANSWERS;
}

static void a_decision_that_nobody_heard_of_is_not_taken_twice(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_first, KEY, "41", OLD);
	fake_put(pool->at_second, KEY, "41", OLD);
	interrupt(pool, 2, lose_answers_of_first);
	assert_int_equal(do_adjust(pool), SD_CLOSED);
	assert_string_equal(fake_entry_of(pool->at_first, KEY)->value, "42");
	assert_has(pool->at_second, "41", OLD);
}

static void a_second_that_went_down_meanwhile_costs_only_its_copy(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_first, KEY, "41", OLD);
	fake_put(pool->at_second, KEY, "41", OLD);
	interrupt(pool, 3, break_off_second);
	assert_int_equal(do_adjust(pool), SD_OK);
	assert_int_equal(pool->entry.stored, 1);
	assert_string_equal(pool->kept.bytes, "42");
}

/* The newer copy was seen, and its server is gone before anything was made of it: the older one is
 * nothing to make a change of, and nothing to decide by. */
static void nothing_is_made_of_a_copy_that_was_seen_to_be_old(void **state)
{
	enum sd_status (*const changes[])(struct pool *) = {do_adjust, do_replace, do_add};
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(changes); i++) {
		use_stores(pool);
		fake_put(pool->at_first, KEY, "41", NEW);
		fake_put(pool->at_second, KEY, "40", OLD);
		if (changes[i] == do_add) {
			fake_put_tombstone(pool->at_first, KEY, NEW);
		}
		interrupt(pool, 2, break_off_first);
		assert_int_equal(changes[i](pool), SD_UNREACHABLE);
		assert_text_has(&pool->error, "has an older copy");
		assert_has(pool->at_second, "40", OLD);
	}
	use_stores(pool); /* a number is repaired first where it is old */
	fake_put(pool->at_first, KEY, "40", OLD);
	fake_put(pool->at_second, KEY, "41", NEW);
	interrupt(pool, 2, break_off_second);
	assert_int_equal(do_adjust(pool), SD_UNREACHABLE);
	assert_has(pool->at_first, "40", OLD);
}

/* What a change was made of may be about to be written once more, above it: it finds another
 * version than it has seen then. If it has come before, the change is made again. */
static void break_off_second_and_raise_on_first(struct fake_transport *fake, void *context)
{
	struct pool *pool = context;

	if (fake->rounds == 3) {
		break_off_second(pool);
	} else if (fake->rounds == 4) {
		fake_put(pool->at_first, KEY, "41",
		         sd_version_next(version_at(pool->at_first), SD_VERSION_REPEATED));
	}
}

static void a_change_that_one_server_alone_has_is_confirmed(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_first, KEY, "41", OLD);
	fake_put(pool->at_second, KEY, "41", OLD);
	interrupt(pool, 3, break_off_second);
	assert_int_equal(do_replace(pool), SD_OK);
	assert_int_equal(pool->entry.stored, 1);
	assert_int_equal(pool->network.rounds, 4);
	assert_int_equal(last_asked(&pool->network)->condition, SD_IF_VERSION);
	assert_int_equal(last_asked(&pool->network)->seen, sd_version_next(OLD, SD_VERSION_FIRST));
	assert_int_equal(version_at(pool->at_first), pool->entry.version);
	assert_true(pool->entry.version > sd_version_next(OLD, SD_VERSION_REPEATED));

	use_stores(pool);
	fake_put(pool->at_first, KEY, "41", OLD);
	fake_put(pool->at_second, KEY, "41", OLD);
	fake_forget(&pool->network);
	pool->network.meanwhile = break_off_second_and_raise_on_first;
	pool->network.context = pool;
	assert_int_equal(do_adjust(pool), SD_OK);
	pool->network.meanwhile = NULL;
	assert_string_equal(pool->kept.bytes, "42");
	assert_has(pool->at_first, "42", pool->entry.version);
	assert_int_equal(pool->entry.stored, 1);
}

static void lose_both(struct fake_transport *fake, void *context)
{
	struct pool *pool = context;

	if (fake->rounds == 3) {
		break_off_second(pool);
	} else if (fake->rounds == 4) {
		pool->at_first->act = FAKE_LOSES_ANSWERS;
	}
}

static void a_change_that_cannot_be_confirmed_fails(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_first, KEY, "41", OLD);
	fake_put(pool->at_second, KEY, "41", OLD);
	pool->network.meanwhile = lose_both;
	pool->network.context = pool;
	assert_int_equal(do_replace(pool), SD_CLOSED);
	assert_int_equal(pool->entry.stored, 0);
	pool->network.meanwhile = NULL;
}

static void the_condition_is_held_against_the_newest_copy(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(versioned_kinds); i++) {
		use_kind(pool, versioned_kinds[i]); /* the decider's is old */
		fake_put(pool->at_first, KEY, "old", OLD);
		fake_put(pool->at_second, KEY, "new", NEW);
		assert_int_equal(do_cas(pool, OLD), SD_CONFLICT);
		assert_int_equal(do_cas(pool, NEW), SD_OK);
		assert_both_have(pool, "swapped");

		use_kind(pool, versioned_kinds[i]); /* or it has none */
		fake_put(pool->at_second, KEY, "new", NEW);
		assert_int_equal(do_add(pool), SD_CONFLICT);
		assert_int_equal(do_replace(pool), SD_OK);
		assert_both_have(pool, "replaced");

		use_kind(pool, versioned_kinds[i]); /* or one that was deleted */
		fake_put(pool->at_first, KEY, "old", OLD);
		fake_put_tombstone(pool->at_second, KEY, NEW);
		assert_int_equal(do_replace(pool), SD_CONFLICT);
	}
}

static void a_number_that_is_old_where_it_is_decided_is_repaired_first(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < 3 * COUNT_OF(versioned_kinds); i++) {
		use_kind(pool, versioned_kinds[i / 3]);
		fake_put(pool->at_second, KEY, "41", NEW);
		if (i % 3 == 1) {
			fake_put(pool->at_first, KEY, "7", OLD);
		} else if (i % 3 == 2) {
			fake_put_tombstone(pool->at_first, KEY, OLD);
		}
		assert_int_equal(do_adjust(pool), SD_OK);
		assert_string_equal(pool->kept.bytes, "42");
		assert_both_have(pool, "42");
	}
}

/* Whichever of both has the tombstone, and whatever a repair does with the other meanwhile. */
static void what_one_knows_to_be_deleted_can_be_added(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < 2 * COUNT_OF(versioned_kinds); i++) {
		use_kind(pool, versioned_kinds[i / 2]);
		fake_put(i % 2 ? pool->at_first : pool->at_second, KEY, "old", OLD);
		fake_put_tombstone(i % 2 ? pool->at_second : pool->at_first, KEY, NEW);
		assert_int_equal(do_add(pool), SD_OK);
		assert_both_have(pool, "added");
	}
}

static void what_one_knows_to_be_deleted_is_no_number(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < 2 * COUNT_OF(versioned_kinds); i++) {
		use_kind(pool, versioned_kinds[i / 2]);
		fake_put(i % 2 ? pool->at_first : pool->at_second, KEY, "41", OLD);
		fake_put_tombstone(i % 2 ? pool->at_second : pool->at_first, KEY, NEW);
		assert_int_equal(do_adjust(pool), SD_ABSENT);
	}
}

static void put_number_on_both(struct pool *pool, enum fake_kind kind)
{
	use_kind(pool, kind);
	fake_put(pool->at_first, KEY, "41", OLD);
	fake_put(pool->at_second, KEY, "41", OLD);
}

static void who_was_slower_tries_again(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(versioned_kinds); i++) {
		put_number_on_both(pool, versioned_kinds[i]);
		interrupt(pool, 2, others_adjust);
		assert_int_equal(do_adjust(pool), SD_OK);
		assert_string_equal(pool->kept.bytes, "43");
		assert_both_have(pool, "43");

		use_kind(pool, versioned_kinds[i]);
		interrupt(pool, 2, others_add);
		assert_int_equal(do_add(pool), SD_CONFLICT);
		assert_both_have(pool, "others");

		put_number_on_both(pool, versioned_kinds[i]);
		interrupt(pool, 2, others_set);
		assert_int_equal(do_cas(pool, OLD), SD_CONFLICT);
		assert_both_have(pool, "100");

		put_number_on_both(pool, versioned_kinds[i]);
		interrupt(pool, 2, others_delete);
		assert_int_equal(do_adjust(pool), SD_ABSENT);
		pool->network.meanwhile = NULL;
	}
}

/* The other's went by way of the server that decides, and contains ours. */
static void a_change_that_others_built_on_before_it_was_carried_is_done(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(versioned_kinds); i++) {
		put_number_on_both(pool, versioned_kinds[i]);
		interrupt(pool, 3, others_adjust);
		assert_int_equal(do_adjust(pool), SD_OK);
		assert_string_equal(pool->kept.bytes, "42");
		assert_int_equal(pool->entry.stored, 2);
		assert_both_have(pool, "43");
		pool->network.meanwhile = NULL;
	}
}

/* The same where what they made of it is that there is none any more. */
static void a_change_that_was_deleted_before_it_was_carried_is_done(void **state)
{
	struct pool *pool = *state;

	put_number_on_both(pool, FAKE_SHAREDANCED);
	interrupt(pool, 3, others_delete);
	assert_int_equal(do_adjust(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "42"); /* as it was for a moment */
	assert_true(fake_entry_of(pool->at_first, KEY)->is_tombstone);
	assert_true(fake_entry_of(pool->at_second, KEY)->is_tombstone);
}

static void others_number_on_second_alone(struct pool *pool)
{
	fake_put(pool->at_second, KEY, "70", AHEAD);
}

static void others_tombstone_on_second_alone(struct pool *pool)
{
	fake_put_tombstone(pool->at_second, KEY, AHEAD);
}

/* It was written without knowing of ours, which is made once more on top of it. */
static void a_change_that_was_overtaken_unseen_is_made_again(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(versioned_kinds); i++) {
		put_number_on_both(pool, versioned_kinds[i]);
		interrupt(pool, 3, others_number_on_second_alone);
		assert_int_equal(do_adjust(pool), SD_OK);
		assert_string_equal(pool->kept.bytes, "71");
		assert_both_have(pool, "71");

		put_number_on_both(pool, versioned_kinds[i]);
		interrupt(pool, 3, others_number_on_second_alone);
		assert_int_equal(do_cas(pool, OLD), SD_CONFLICT);
		assert_got(pool, "70", AHEAD);
		pool->network.meanwhile = NULL;
	}
}

static void a_change_that_was_deleted_unseen_is_made_again(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(versioned_kinds); i++) {
		put_number_on_both(pool, versioned_kinds[i]);
		interrupt(pool, 3, others_tombstone_on_second_alone);
		assert_int_equal(do_adjust(pool), SD_ABSENT);
		assert_missed(pool);
		use_kind(pool, versioned_kinds[i]);
		interrupt(pool, 3, others_tombstone_on_second_alone);
		assert_int_equal(do_add(pool), SD_OK);
		assert_both_have(pool, "added");
		pool->network.meanwhile = NULL;
	}
}

/* What ours was made of was a write that was in doubt (contest.h). It is raised above ours, which
 * its writer found in the way. */
static void raise_on_second(struct pool *pool)
{
	uint64_t version = sd_version_next(version_at(pool->at_first), SD_VERSION_REPEATED);

	(void)(fake_entry_of(pool->at_second, KEY)->is_tombstone
	           ? fake_put_tombstone(pool->at_second, KEY, version)
	           : fake_put(pool->at_second, KEY, "41", version));
}

static void raise_on_both(struct pool *pool)
{
	raise_on_second(pool);
	if (fake_entry_of(pool->at_second, KEY)->is_tombstone) {
		fake_put_tombstone(pool->at_first, KEY, version_at(pool->at_second));
	} else {
		fake_put(pool->at_first, KEY, "41", version_at(pool->at_second));
	}
}

static void a_change_that_what_it_was_made_of_is_raised_above_is_made_again(void **state)
{
	static void (*const raises[])(struct pool *) = {raise_on_second, raise_on_both};
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(raises); i++) {
		put_number_on_both(pool, FAKE_SHAREDANCED);
		interrupt(pool, 3, raises[i]);
		assert_int_equal(do_adjust(pool), SD_OK);
		assert_string_equal(pool->kept.bytes, "42");
		assert_both_have(pool, "42");

		use_stores(pool);
		fake_put(pool->at_first, KEY, "1", OLD);
		fake_put_tombstone(pool->at_second, KEY, NEW);
		interrupt(pool, 3, raises[i]);
		assert_int_equal(do_add(pool), SD_OK);
		assert_both_have(pool, "added");
		pool->network.meanwhile = NULL;
	}
}

static void raise_and_go_down(struct fake_transport *fake, void *context)
{
	struct pool *pool = context;

	if (fake->rounds == 3) {
		raise_on_second(pool);
	} else if (fake->rounds == 4) {
		pool->at_first->act = FAKE_REFUSES;
	}
}

/* It may be lost then, or contained in what refused it. */
static void a_change_of_which_nobody_can_tell_fails(void **state)
{
	struct pool *pool = *state;

	put_number_on_both(pool, FAKE_SHAREDANCED);
	pool->network.meanwhile = raise_and_go_down;
	pool->network.context = pool;
	assert_true(sd_status_is_failure(do_adjust(pool)));
	assert_text_has(&pool->error, pool->first->host);
	pool->network.meanwhile = NULL;
}

/* Its version is the next one above all that was read, and tells who decided. */
static void the_version_of_a_change_follows_from_what_was_read(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_first, KEY, "1", OLD);
	fake_put(pool->at_second, KEY, "2", NEW);
	assert_int_equal(do_replace(pool), SD_OK);
	assert_int_equal(version_at(pool->at_first), sd_version_next(NEW, SD_VERSION_FIRST));
	assert_int_equal(pool->entry.version, version_at(pool->at_first));
	pool->at_first->act = FAKE_REFUSES;
	assert_int_equal(do_replace(pool), SD_OK);
	assert_int_equal(version_at(pool->at_second),
	                 sd_version_next(version_at(pool->at_first), SD_VERSION_SECOND));

	use_stores(pool); /* nothing is above all that is there */
	assert_int_equal(do_add(pool), SD_OK);
	assert_true(version_at(pool->at_first) >= (uint64_t)(pool->clock_ms - SECOND_MS) * 1000);
}

/* As somebody does who decided before us and carries before we do. */
static void carry_older_number_to_second(struct pool *pool)
{
	fake_put(pool->at_second, KEY, "41", version_at(pool->at_first) - 1);
}

/* memcached takes it only over what was seen, so that it may stay on one server until it is read:
 * then `stored` says so. */
static void a_change_is_told_to_be_stored_only_where_it_is(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(versioned_kinds); i++) {
		uint64_t version;

		put_number_on_both(pool, versioned_kinds[i]);
		interrupt(pool, 3, carry_older_number_to_second);
		assert_int_equal(do_adjust(pool), SD_OK);
		assert_string_equal(pool->kept.bytes, "42");
		pool->network.meanwhile = NULL;
		version = version_at(pool->at_first);
		assert_has(pool->at_first, "42", version);
		assert_int_equal(pool->entry.stored, 1 + (version_at(pool->at_second) == version));
		assert_got(pool, "42", version);
		assert_both_have(pool, "42");
	}
}

/* The last answer to what was carried comes in the last millisecond, and then nobody answers. */
static void use_all_the_time(struct fake_transport *fake, void *context)
{
	struct pool *pool = context;

	if (fake->rounds == 3) {
		others_number_on_second_alone(pool);
		pool->clock_ms = pool->entry.deadline_ms - pool->at_second->after_ms;
	} else if (fake->rounds == 4) {
		pool->at_first->act = pool->at_second->act = FAKE_STALLS;
	}
}

static void a_change_that_has_no_time_left_takes_none(void **state)
{
	struct pool *pool = *state;
	int64_t start_ms = pool->clock_ms;

	put_number_on_both(pool, FAKE_SHAREDANCED);
	pool->network.meanwhile = use_all_the_time;
	pool->network.context = pool;
	assert_true(sd_status_is_failure(do_adjust(pool)));
	assert_int_equal(pool->network.rounds, 4);
	assert_in_range(pool->clock_ms - start_ms, 0, SERVER_TIMEOUT_MS);
}

static void keep_changing(struct fake_transport *fake, void *context)
{
	struct pool *pool = context;

	(void)fake;
	fake_put(pool->at_first, KEY, "1", version_at(pool->at_first) + 1);
}

static void a_change_that_others_always_get_ahead_of_ends(void **state)
{
	struct pool *pool = *state;
	int64_t start_ms = pool->clock_ms;

	put_number_on_both(pool, FAKE_SHAREDANCED);
	pool->network.meanwhile = keep_changing;
	pool->network.context = pool;
	assert_int_equal(do_adjust(pool), SD_TIMEOUT);
	assert_in_range(pool->clock_ms - start_ms, 0, SERVER_TIMEOUT_MS);
	assert_text_has(&pool->error, "others kept changing");
}

/* Somebody else who now and then does the same between our rounds. */
struct racers {
	struct pool *pool;
	struct chance chance;
	uint64_t others;
};

static void race(struct fake_transport *fake, void *context)
{
	struct racers *racers = context;

	(void)fake;
	if (chance_between(&racers->chance, 0, 2) == 0) {
		others_adjust(racers->pool);
		racers->others++;
	}
}

static void assert_no_increment_is_lost(struct pool *pool, struct racers *racers)
{
	uint64_t ours = 0;

	for (int i = 0; i < 500; i++) {
		char text[32];

		fake_forget(&pool->network);
		fake_forget(&pool->others_network);
		pool->network.meanwhile = race;
		assert_int_equal(do_adjust(pool), SD_OK);
		pool->network.meanwhile = NULL;
		ours++;
		(void)snprintf(text, sizeof(text), "%" PRIu64, ours + racers->others);
		assert_int_equal(do_get(pool), SD_OK);
		assert_string_equal(pool->kept.bytes, text);
	}
}

static void two_who_count_at_the_same_time_lose_no_increment(void **state)
{
	struct pool *pool = *state;
	struct racers racers = {.pool = pool, .chance = {77}};

	pool->network.context = &racers;
	for (size_t i = 0; i < 4 * COUNT_OF(versioned_kinds); i++) {
		use_kind(pool, versioned_kinds[i / 4]);
		fake_put(pool->at_first, KEY, "0", OLD);
		fake_put(pool->at_second, KEY, "0", OLD);
		pool->at_first->act = i % 4 == 1 ? FAKE_REFUSES : FAKE_ANSWERS;
		pool->at_second->act = i % 4 == 2 ? FAKE_REFUSES : FAKE_ANSWERS;
		pool->network.wall_us = i % 4 == 3 ? -INT64_C(900000000) : 0;
		racers.others = 0;
		assert_no_increment_is_lost(pool, &racers);
		assert_in_range(racers.others, 100, 10000);
	}
	pool->network.context = NULL; /* it ends here */
}

/* }}} */

/* {{{ deadlines */

static void a_change_is_over_by_its_own_deadline(void **state)
{
	struct pool *pool = *state;
	int64_t start_ms = pool->clock_ms;

	fake_stalls(&pool->network, pool->first);
	fake_stalls(&pool->network, pool->second);
	assert_int_equal(
		do_change(pool, &(struct sd_change){.kind = SD_ADD, .deadline_ms = start_ms + 90}, "added"),
		SD_TIMEOUT);
	assert_in_range(pool->clock_ms - start_ms, 0, 90);
}

/* }}} */

/* {{{ versions that are far ahead */

/* Whoever has read it, the change goes through, and on both. */
static void a_change_replaces_what_is_far_ahead(void **state)
{
	struct pool *pool = *state;

	for (int where = 1; where < 4; where++) {
		for (int deleted = 0; deleted < 2; deleted++) {
			use_stores(pool);
			pool->at_first->tells_time = pool->at_second->tells_time = true;
			for (int i = 0; i < 2; i++) {
				struct fake_store *store = i ? pool->at_second : pool->at_first;

				if (where & (i + 1)) {
					(void)(deleted ? fake_put_tombstone(store, KEY, INT64_MAX)
					               : fake_put(store, KEY, "7", INT64_MAX));
				} else if (!deleted) {
					fake_put(store, KEY, "7", OLD);
				}
			}
			assert_int_equal(deleted ? do_add(pool) : do_adjust(pool), SD_OK);
			assert_both_have(pool, deleted ? "added" : "8");
			assert_in_range(version_at(pool->at_first), 1, 2 * pool->clock_ms * 1000);
		}
	}
}

/* It seemed to be the newest, because its server was not heard when it was asked for its time, and
 * a new connection has told that. */
static void tell_time_at_second(struct pool *pool)
{
	pool->at_second->tells_time = true;
}

static void nothing_is_old_against_what_was_found_to_be_far_ahead(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	pool->at_first->tells_time = true;
	fake_put(pool->at_first, KEY, "40", OLD);
	fake_put(pool->at_second, KEY, "7", INT64_MAX);
	interrupt(pool, 2, tell_time_at_second);
	assert_int_equal(do_adjust(pool), SD_OK);
	assert_both_have(pool, "41");
}

/* }}} */

/* {{{ one change at a time */

#define CHANGES_LOCK "~" KEY /* not the key's own, which is a session's */

static enum sd_status add_locked(struct pool *pool)
{
	const struct sd_change adding = {.kind = SD_ADD, .ttl = 60};

	return sd_change_entry(&pool->policy, about(pool, (struct sd_bytes){"added", 5}, NULL), &adding,
	                       &pool->error);
}

static void a_change_holds_a_lock_of_its_own_and_gives_it_back(void **state)
{
	struct pool *pool = *state;
	const struct fake_asked *asked = pool->network.asked;
	size_t count;

	use_stores(pool);
	pool->options.timeout_ms = 7 * SECOND_MS;
	pool->at_first->locks[0] = (struct fake_lock){KEY, 2, INT64_MAX, 0}; /* somebody's session */
	assert_int_equal(add_locked(pool), SD_OK);
	assert_both_have(pool, "added");
	count = pool->network.asked_count;
	assert_int_equal(asked[0].kind, SD_LOCK);
	assert_string_equal(asked[0].key, CHANGES_LOCK);
	assert_int_equal(asked[0].wait_ms, pool->options.timeout_ms / 2);
	assert_true(asked[0].ttl * SECOND_MS > pool->options.timeout_ms); /* it outlasts the change */
	assert_int_equal(asked[count - 1].kind, SD_UNLOCK);
	assert_string_equal(asked[count - 1].key, CHANGES_LOCK);
	assert_int_equal(times_asked(&pool->network, SD_LOCK), times_asked(&pool->network, SD_UNLOCK));
}

/* A server that makes this client wait longer looks like one that is silent. */
static void a_change_waits_no_longer_for_its_lock_than_a_server_may_take(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	pool->options.timeout_ms = 100 * SERVER_TIMEOUT_MS;
	assert_int_equal(add_locked(pool), SD_OK);
	assert_int_equal(pool->network.asked[0].wait_ms, SERVER_TIMEOUT_MS);
}

static void a_change_that_does_not_get_its_lock_changes_nothing(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	pool->at_first->locks[0] = (struct fake_lock){CHANGES_LOCK, 2, INT64_MAX, 0};
	assert_int_equal(add_locked(pool), SD_TIMEOUT);
	assert_text_has(&pool->error, "others kept changing the entry meanwhile");
	assert_int_equal(times_asked(&pool->network, SD_SET), 0);
}

/* Silence is told from a wait, and is over in half of the time, the lock's withdrawal in half of
 * the rest. */
static void a_change_goes_on_without_a_server_that_is_silent(void **state)
{
	struct pool *pool = *state;

	for (int i = 0; i < 2; i++) {
		int64_t start_ms;

		use_stores(pool);
		(i ? pool->at_second : pool->at_first)->act = FAKE_STALLS;
		start_ms = pool->clock_ms;
		assert_int_equal(add_locked(pool), SD_OK);
		assert_true(pool->clock_ms - start_ms < pool->options.timeout_ms);
		assert_string_equal(fake_entry_of(i ? pool->at_first : pool->at_second, KEY)->value,
		                    "added");
	}
}

static void a_change_that_has_no_time_left_names_the_server_that_took_it(void **state)
{
	const struct sd_change replacing = {.kind = SD_REPLACE, .ttl = 60};
	struct pool *pool = *state;
	char name[SD_SERVER_NAME_MAX];

	use_stores(pool);
	fake_put(pool->at_first, KEY, "1", OLD);
	pool->at_second->act = FAKE_STALLS;
	pool->network.meanwhile = keep_changing;
	pool->network.context = pool;
	assert_int_equal(sd_change_entry(&pool->policy, about(pool, (struct sd_bytes){"2", 1}, NULL),
	                                 &replacing, &pool->error),
	                 SD_TIMEOUT);
	assert_text_has(&pool->error, "the time was over");
	assert_ptr_equal(pool->error.server, pool->second);
	assert_text_has(&pool->error, sd_server_name(pool->second, name));
	assert_text_has(&pool->error, "no answer in time");
}

/* }}} */

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(change_goes_by_the_table_whatever_ails_a_server),
		TEST(a_change_asks_both_whatever_the_read_policy),
		TEST(without_redundancy_the_server_holds_the_condition_itself),
		TEST(a_classic_server_cannot_change_anything),
		TEST(a_pair_of_which_one_has_no_versions_cannot_change_anything),
		TEST(a_change_is_decided_by_the_first_and_carried_to_the_second),
		TEST(what_is_not_there_is_neither_replaced_nor_swapped_nor_adjusted),
		TEST(the_second_decides_where_the_first_is_down),
		TEST(what_was_away_is_not_changed_alone),
		TEST(the_second_decides_where_the_first_went_down_meanwhile),
		TEST(the_second_decides_where_the_first_was_marked_meanwhile),
		TEST(a_decision_that_nobody_heard_of_is_not_taken_twice),
		TEST(a_second_that_went_down_meanwhile_costs_only_its_copy),
		TEST(nothing_is_made_of_a_copy_that_was_seen_to_be_old),
		TEST(a_change_that_one_server_alone_has_is_confirmed),
		TEST(a_change_that_cannot_be_confirmed_fails),
		TEST(the_condition_is_held_against_the_newest_copy),
		TEST(a_number_that_is_old_where_it_is_decided_is_repaired_first),
		TEST(what_one_knows_to_be_deleted_can_be_added),
		TEST(what_one_knows_to_be_deleted_is_no_number),
		TEST(who_was_slower_tries_again),
		TEST(a_change_that_others_built_on_before_it_was_carried_is_done),
		TEST(a_change_that_was_deleted_before_it_was_carried_is_done),
		TEST(a_change_that_was_overtaken_unseen_is_made_again),
		TEST(a_change_that_was_deleted_unseen_is_made_again),
		TEST(a_change_that_what_it_was_made_of_is_raised_above_is_made_again),
		TEST(a_change_of_which_nobody_can_tell_fails),
		TEST(the_version_of_a_change_follows_from_what_was_read),
		TEST(a_change_is_told_to_be_stored_only_where_it_is),
		TEST(a_change_that_has_no_time_left_takes_none),
		TEST(a_change_that_others_always_get_ahead_of_ends),
		TEST(two_who_count_at_the_same_time_lose_no_increment),
		TEST(a_change_is_over_by_its_own_deadline),
		TEST(a_change_replaces_what_is_far_ahead),
		TEST(nothing_is_old_against_what_was_found_to_be_far_ahead),
		TEST(a_change_holds_a_lock_of_its_own_and_gives_it_back),
		TEST(a_change_waits_no_longer_for_its_lock_than_a_server_may_take),
		TEST(a_change_that_does_not_get_its_lock_changes_nothing),
		TEST(a_change_goes_on_without_a_server_that_is_silent),
		TEST(a_change_that_has_no_time_left_names_the_server_that_took_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
