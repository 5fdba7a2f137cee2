/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* A write that one server took and the other refused: who was first, and who is on top. */

#include <string.h>

#include "client/policy/version.h"
#include "client/policy/write.h"
#include "tests/unit/client/three_servers.h"

/* {{{ ours is taken by the second server, and the first refuses it */

static enum sd_status (*const writes[])(struct pool *) = {do_set, do_delete};

#define IS_DELETE(i) ((i) == 1)

static void begin(struct pool *pool, unsigned round, void (*meanwhile)(struct pool *))
{
	use_stores(pool);
	fake_put(pool->at_first, KEY, "ahead", AHEAD);
	fake_put(pool->at_second, KEY, "old", OLD);
	interrupt(pool, round, meanwhile);
}

static void assert_ours_is_on_both(const struct pool *pool, size_t i)
{
	assert_int_equal(version_at(pool->at_first), version_at(pool->at_second));
	assert_int_equal(fake_entry_of(pool->at_first, KEY)->is_tombstone, IS_DELETE(i));
	assert_int_equal(fake_entry_of(pool->at_second, KEY)->is_tombstone, IS_DELETE(i));
}

static void nothing_else(struct pool *pool)
{
	(void)pool;
}

/* The one that took it is written to first, and each only over what was seen there. */
static void what_is_in_the_way_is_overwritten_only_as_it_was_seen(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(writes); i++) {
		const struct fake_asked *asked = pool->network.asked;
		uint64_t ours;

		begin(pool, 1, nothing_else);
		assert_int_equal(writes[i](pool), SD_OK);
		ours = asked[0].version;
		assert_int_equal(pool->entry.stored, 2);
		assert_int_equal(pool->network.asked_count, 6);
		assert_asked(&asked[2], 2, SD_EXISTS, pool->first);
		assert_asked(&asked[3], 2, SD_EXISTS, pool->second);
		assert_asked(&asked[4], 3, IS_DELETE(i) ? SD_DELETE : SD_SET, pool->second);
		assert_int_equal(asked[4].condition, SD_IF_VERSION);
		assert_int_equal(asked[4].seen, ours);
		assert_asked(&asked[5], 4, IS_DELETE(i) ? SD_DELETE : SD_SET, pool->first);
		assert_int_equal(asked[5].condition, SD_IF_VERSION);
		assert_int_equal(asked[5].seen, AHEAD);
		assert_true(sd_version_is_repeated(asked[4].version, AHEAD));
		assert_int_equal(asked[5].version, asked[4].version);
		assert_ours_is_on_both(pool, i);
	}
}

/* }}} */

/* {{{ somebody saw ours on the server that took it, and made something of it */

/* As a change does that was decided on the first server. */
static void others_carry(struct pool *pool)
{
	fake_put(pool->at_second, KEY, "ahead", version_at(pool->at_first));
}

static void others_delete_on_second(struct pool *pool)
{
	fake_put_tombstone(pool->at_second, KEY, 2 * AHEAD);
}

static void what_was_made_of_ours_stays(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(writes); i++) {
		for (unsigned round = 2; round < 4; round++) { /* before the look, and after it */
			begin(pool, round, others_carry);
			assert_int_equal(writes[i](pool), SD_OK);
			assert_both_have(pool, "ahead");
			assert_int_equal(version_at(pool->at_first), AHEAD);
			assert_int_equal(pool->network.asked_count, round == 2 ? 4 : 5);
		}
	}
	begin(pool, 3, others_delete_on_second);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->entry.stored, 2);
	assert_missed(pool);
}

/* }}} */

/* {{{ what was seen on the first server changes meanwhile */

static void others_write_on_first(struct pool *pool)
{
	fake_put(pool->at_first, KEY, "others", 4 * AHEAD);
}

static void others_delete_on_first(struct pool *pool)
{
	fake_put_tombstone(pool->at_first, KEY, 4 * AHEAD);
}

static void ours_is_carried_to_first(struct pool *pool)
{
	const struct fake_entry *ours = fake_entry_of(pool->at_second, KEY);

	(void)(ours->is_tombstone ? fake_put_tombstone(pool->at_first, KEY, ours->version)
	                          : fake_put(pool->at_first, KEY, ours->value, ours->version));
}

/* They were not told that it is done: the server that took ours is in their way. */
static void it_is_looked_at_again(void **state)
{
	static void (*const others[])(struct pool *) = {others_write_on_first, others_delete_on_first,
	                                                ours_is_carried_to_first};
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(writes); i++) {
		for (size_t j = 0; j < COUNT_OF(others); j++) {
			begin(pool, 4, others[j]);
			assert_int_equal(writes[i](pool), SD_OK);
			assert_ours_is_on_both(pool, i);
		}
	}
}

static void keep_writing_on_first(struct fake_transport *fake, void *context)
{
	struct pool *pool = context;

	(void)fake;
	fake_put(pool->at_first, KEY, "others", version_at(pool->at_first) + AHEAD);
}

static void it_does_not_go_on_for_ever(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(writes); i++) {
		begin(pool, 1, nothing_else);
		pool->network.meanwhile = keep_writing_on_first;
		assert_int_equal(writes[i](pool), SD_TIMEOUT);
		assert_int_equal(pool->entry.stored, 0);
		assert_text_has(&pool->error, "others kept changing the entry");
		pool->network.meanwhile = NULL;
	}
}

/* }}} */

/* {{{ nobody can tell what others did when the server that took ours was away */

static void second_goes_down(struct pool *pool)
{
	pool->at_second->act = FAKE_REFUSES;
}

static void second_is_restarted(struct pool *pool)
{
	fake_restart(pool->at_second);
}

/* It was restarted between the look and what followed: then that came on a new connection. */
static void connections_are_new(struct pool *pool)
{
	pool->network.connection++;
}

static void second_comes_back_empty(struct pool *pool)
{
	fake_wipe(pool->at_second);
}

static void second_loses_its_answer(struct pool *pool)
{
	pool->at_second->act = FAKE_LOSES_ANSWERS;
}

static void assert_fails(struct pool *pool, size_t i, unsigned round, void (*what)(struct pool *))
{
	begin(pool, round, what);
	assert_true(sd_status_is_failure(writes[i](pool)));
	assert_int_equal(pool->entry.stored, 0);
	assert_text_has(&pool->error, pool->second->host);
	assert_has(pool->at_first, "ahead", AHEAD);
}

static void it_fails_if_the_server_that_took_it_was_away(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(writes); i++) {
		assert_fails(pool, i, 2, second_goes_down);
		assert_fails(pool, i, 2, second_is_restarted);
		assert_text_has(&pool->error, "was restarted");
		assert_fails(pool, i, 2, second_comes_back_empty);
		assert_fails(pool, i, 3, connections_are_new);
		assert_text_has(&pool->error, "was restarted");
		assert_fails(pool, i, 3, second_goes_down);
		assert_fails(pool, i, 3, second_loses_its_answer);
	}
}

static void first_goes_down(struct pool *pool)
{
	pool->at_first->act = FAKE_REFUSES;
}

/* What it has is older then than what the other one has. */
static void it_is_stored_if_the_server_that_refused_it_goes_down(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(writes); i++) {
		for (unsigned round = 2; round < 5; round++) {
			begin(pool, round, first_goes_down);
			assert_int_equal(writes[i](pool), SD_OK);
			assert_true(version_at(pool->at_second) > AHEAD);
			assert_int_equal(fake_entry_of(pool->at_second, KEY)->is_tombstone, IS_DELETE(i));
		}
	}
}

/* }}} */

/* {{{ memcached, which cannot compare */

static void on_memcached_it_is_the_same(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(writes); i++) {
		for (int first = 0; first < 2; first++) {
			use_kinds(pool, first ? FAKE_MEMCACHED : FAKE_SHAREDANCED,
			          first ? FAKE_SHAREDANCED : FAKE_MEMCACHED);
			fake_put(pool->at_first, KEY, "ahead", AHEAD);
			fake_put(pool->at_second, KEY, "old", OLD);
			interrupt(pool, 1, nothing_else);
			assert_int_equal(writes[i](pool), SD_OK);
			assert_int_equal(pool->entry.stored, 2);
			assert_ours_is_on_both(pool, i);
			assert_true(version_at(pool->at_first) > AHEAD);
		}
	}
}

/* }}} */

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_in_the_way_is_overwritten_only_as_it_was_seen),
		TEST(what_was_made_of_ours_stays),
		TEST(it_is_looked_at_again),
		TEST(it_does_not_go_on_for_ever),
		TEST(it_fails_if_the_server_that_took_it_was_away),
		TEST(it_is_stored_if_the_server_that_refused_it_goes_down),
		TEST(on_memcached_it_is_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
