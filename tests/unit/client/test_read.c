/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Reading: who is asked for the value, who for its version, and when the second server is asked
 * again.
 */

#include "client/policy/read.h"
#include "tests/unit/client/three_servers.h"

/* {{{ get, by the table */

static void get_with_both_up_asks_for_value_and_version_at_once(void **state)
{
	struct pool *pool = *state;

	fake_has(&pool->network, pool->first, "from the first", 5);
	fake_has(&pool->network, pool->second, "from the second", 5);
	assert_int_equal(do_get(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "from the first");
	assert_asked_both_at_once(pool, SD_GET, SD_EXISTS);
	assert_string_equal(pool->network.asked[0].key, KEY);
	assert_string_equal(pool->network.asked[1].key, KEY);
	assert_ptr_equal(pool->network.asked[0].sink, &pool->kept.sink);
	assert_null(pool->network.asked[1].sink);
}

static void get_with_the_first_down_is_from_the_second(void **state)
{
	struct pool *pool = *state;

	fake_refuses(&pool->network, pool->first, 1);
	fake_has(&pool->network, pool->second, "from the second", 5);
	assert_int_equal(do_get(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "from the second");
	assert_asked_the_second_again(pool);
}

static void get_with_the_second_down_is_from_the_first(void **state)
{
	struct pool *pool = *state;

	fake_has(&pool->network, pool->first, "from the first", 5);
	fake_refuses(&pool->network, pool->second, 1);
	assert_int_equal(do_get(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "from the first");
	assert_asked_both_at_once(pool, SD_GET, SD_EXISTS);
}

static void get_with_both_down_fails(void **state)
{
	struct pool *pool = *state;

	fake_refuses(&pool->network, pool->first, 1);
	fake_refuses(&pool->network, pool->second, 1);
	assert_int_equal(do_get(pool), SD_UNREACHABLE);
	assert_int_equal(pool->error.status, SD_UNREACHABLE);
	assert_asked_both_at_once(pool, SD_GET, SD_EXISTS);
}

static void get_asks_the_second_when_the_first_has_none(void **state)
{
	struct pool *pool = *state;

	fake_answers(&pool->network, pool->first, SD_ABSENT, 5);
	fake_has(&pool->network, pool->second, "from the second", 5);
	assert_int_equal(do_get(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "from the second");
	assert_asked_the_second_again(pool);
}

static void get_is_absent_when_both_have_none(void **state)
{
	struct pool *pool = *state;

	both_answer(pool, SD_ABSENT, SD_ABSENT);
	assert_int_equal(do_get(pool), SD_ABSENT);
	assert_asked_both_at_once(pool, SD_GET, SD_EXISTS);
}

static void get_is_absent_when_the_first_has_none_and_the_second_is_down(void **state)
{
	struct pool *pool = *state;

	fake_answers(&pool->network, pool->first, SD_ABSENT, 5);
	fake_refuses(&pool->network, pool->second, 1);
	assert_int_equal(do_get(pool), SD_ABSENT);
	assert_asked_both_at_once(pool, SD_GET, SD_EXISTS);
}

static void get_is_absent_when_the_first_is_down_and_the_second_has_none(void **state)
{
	struct pool *pool = *state;

	fake_refuses(&pool->network, pool->first, 1);
	fake_answers(&pool->network, pool->second, SD_ABSENT, 5);
	assert_int_equal(do_get(pool), SD_ABSENT);
	assert_asked_both_at_once(pool, SD_GET, SD_EXISTS);
}

/* How long entries live is known to nobody who reads them. */
static void get_is_absent_whatever_the_server_knows_of_the_ttl_of_sessions(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	pool->at_second->ttl = FAKE_UNTOLD_YOUNG;
	pool->at_first->act = FAKE_REFUSES;
	assert_int_equal(do_get(pool), SD_ABSENT);
	assert_int_equal(pool->at_second->ttl, FAKE_UNTOLD_YOUNG);
}

static void get_asks_the_second_after_every_failure_of_a_server(void **state)
{
	static const enum sd_status failures[] = {SD_REFUSED, SD_BAD_ANSWER,  SD_CLOSED,
	                                          SD_TIMEOUT, SD_UNREACHABLE, SD_UNSUPPORTED};
	struct pool *pool = *state;

	fake_has(&pool->network, pool->second, "from the second", 5);
	for (size_t i = 0; i < COUNT_OF(failures); i++) {
		fake_forget(&pool->network);
		fake_answers(&pool->network, pool->first, failures[i], 5);
		assert_int_equal(do_get(pool), SD_OK);
		assert_string_equal(pool->kept.bytes, "from the second");
		assert_asked_the_second_again(pool);
	}
}

/* }}} */

/* {{{ the whole table */

static enum sd_status do_get_of_seven(struct pool *pool)
{
	enum sd_status status = do_get(pool);

	assert_string_equal(pool->kept.bytes, status == SD_OK ? "7" : "");
	return status;
}

static void get_goes_by_the_table_whatever_ails_a_server(void **state)
{
	run_table(*state, do_get_of_seven, check_is_as_before);
}

static void look_goes_by_the_table_whatever_ails_a_server(void **state)
{
	run_table(*state, do_look, check_is_as_before);
}

/* }}} */

/* {{{ the newest of two */

static void the_newest_value_wins_on_whichever_side_it_is(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(versioned_kinds); i++) {
		use_kind(pool, versioned_kinds[i]);
		fake_put(pool->at_first, KEY, "new", NEW);
		fake_put(pool->at_second, KEY, "old", OLD);
		assert_got(pool, "new", NEW);
		use_kind(pool, versioned_kinds[i]);
		fake_put(pool->at_first, KEY, "old", OLD);
		fake_put(pool->at_second, KEY, "new", NEW);
		assert_got(pool, "new", NEW);
	}
}

static void what_is_written_while_the_value_is_fetched_is_the_newest(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_first, KEY, "old", OLD);
	fake_put(pool->at_second, KEY, "new", NEW);
	interrupt(pool, 2, write_newest_on_second);
	assert_got(pool, "newest", 2 * NEW);
	assert_has(pool->at_first, "newest", 2 * NEW);
	use_stores(pool);
	fake_put(pool->at_first, KEY, "old", OLD);
	fake_put(pool->at_second, KEY, "new", NEW);
	interrupt(pool, 2, delete_newest_on_second);
	assert_missed(pool);
	assert_tombstone(pool->at_first, 2 * NEW);
}

static void evict_from_second(struct pool *pool)
{
	fake_evict(pool->at_second, KEY);
}

/* It expired, or memcached was short of memory: a miss, and neither the first's old value nor,
 * worse, an empty one. */
static void what_is_gone_while_the_value_is_fetched_is_a_miss(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(versioned_kinds); i++) {
		use_kind(pool, versioned_kinds[i]);
		fake_put(pool->at_first, KEY, "old", OLD);
		fake_put(pool->at_second, KEY, "new", NEW);
		interrupt(pool, 2, evict_from_second);
		assert_missed(pool);
		assert_nothing(pool->at_second);
		pool->network.meanwhile = NULL;
	}
}

/* }}} */

/* {{{ the first server's word alone */

static void by_the_policy_first_the_second_is_not_asked_for_what_the_first_has(void **state)
{
	struct pool *pool = *state;

	read_from_first(pool);
	fake_put(pool->at_first, KEY, "old", OLD);
	fake_put(pool->at_second, KEY, "new", NEW);
	assert_got(pool, "old", OLD);
	assert_asked_one(&pool->network, SD_GET, pool->first);
	assert_int_equal(do_look(pool), SD_OK);
	assert_int_equal(pool->network.asked_count, 2);
}

static void by_the_policy_first_a_tombstone_is_the_firsts_word_too(void **state)
{
	struct pool *pool = *state;

	read_from_first(pool);
	fake_put_tombstone(pool->at_first, KEY, NEW);
	fake_put(pool->at_second, KEY, "old", OLD);
	assert_missed(pool);
	assert_asked_one(&pool->network, SD_GET, pool->first);
}

static void by_the_policy_first_the_second_fills_a_first_that_has_none(void **state)
{
	struct pool *pool = *state;

	read_from_first(pool);
	fake_put(pool->at_second, KEY, "there", OLD);
	assert_got(pool, "there", OLD);
	assert_asked(&pool->network.asked[1], 2, SD_GET, pool->second);
	assert_has(pool->at_first, "there", OLD);
	fake_forget(&pool->network);
	assert_got(pool, "there", OLD);
	assert_asked_one(&pool->network, SD_GET, pool->first);
}

static void by_the_policy_first_the_second_is_asked_when_the_first_fails(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 1; i < COUNT_OF(acts); i++) {
		read_from_first(pool);
		pool->at_first->act = acts[i];
		fake_put(pool->at_second, KEY, "there", OLD);
		assert_got(pool, "there", OLD);
		assert_int_equal(pool->network.asked_count, 2);
		assert_int_equal(do_look(pool), SD_OK);
		fake_restart(pool->at_second);
		assert_int_equal(do_get(pool), SD_UNPROVEN);
	}
}

static void by_the_policy_first_a_miss_is_one_on_both(void **state)
{
	struct pool *pool = *state;

	read_from_first(pool);
	assert_missed(pool);
	assert_int_equal(pool->network.asked_count, 2);
	fake_restart(pool->at_first);
	pool->at_second->act = FAKE_REFUSES;
	assert_int_equal(do_get(pool), SD_UNPROVEN);
}

/* It is a write: a second that was not touched would lose the entry, and with the first all. */
static void a_touch_reaches_both_whatever_the_read_policy(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < 2; i++) {
		use_stores(pool);
		pool->options.read_policy = i ? SD_READ_FIRST : SD_READ_NEWEST;
		fake_put(pool->at_first, KEY, "v", OLD)->expires_ms = pool->clock_ms + SECOND_MS;
		fake_put(pool->at_second, KEY, "v", OLD)->expires_ms = pool->clock_ms + SECOND_MS;
		assert_int_equal(do_touch(pool, 600), SD_OK);
		assert_in_range(ttl_at(pool, pool->at_first), 599, 600);
		assert_in_range(ttl_at(pool, pool->at_second), 599, 600);
	}
}

/* }}} */

/* {{{ the sink */

static void a_part_from_the_first_is_forgotten_before_the_second_is_asked(void **state)
{
	struct pool *pool = *state;

	fake_breaks_off(&pool->network, pool->first, "only a part and", 5);
	fake_has(&pool->network, pool->second, "the whole", 5);
	assert_int_equal(do_get(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "the whole");
}

static void an_empty_value_from_the_second_leaves_no_part_of_the_firsts(void **state)
{
	struct pool *pool = *state;

	fake_breaks_off(&pool->network, pool->first, "only a part", 5);
	fake_has(&pool->network, pool->second, "", 5);
	assert_int_equal(do_get(pool), SD_OK);
	assert_int_equal(kept_length(&pool->kept), 0);
}

static void a_failed_get_leaves_no_part_in_the_sink(void **state)
{
	struct pool *pool = *state;

	fake_breaks_off(&pool->network, pool->first, "a part of the first", 5);
	fake_breaks_off(&pool->network, pool->second, "a part of the second", 5);
	assert_int_equal(do_get(pool), SD_CLOSED);
	assert_int_equal(kept_length(&pool->kept), 0);
}

static void a_part_from_the_first_is_forgotten_when_the_second_has_none(void **state)
{
	struct pool *pool = *state;

	fake_breaks_off(&pool->network, pool->first, "only a part", 5);
	fake_answers(&pool->network, pool->second, SD_ABSENT, 5);
	assert_int_equal(do_get(pool), SD_ABSENT);
	assert_int_equal(kept_length(&pool->kept), 0);
}

/* }}} */

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(get_with_both_up_asks_for_value_and_version_at_once),
		TEST(get_with_the_first_down_is_from_the_second),
		TEST(get_with_the_second_down_is_from_the_first),
		TEST(get_with_both_down_fails),
		TEST(get_asks_the_second_when_the_first_has_none),
		TEST(get_is_absent_when_both_have_none),
		TEST(get_is_absent_when_the_first_has_none_and_the_second_is_down),
		TEST(get_is_absent_when_the_first_is_down_and_the_second_has_none),
		TEST(get_is_absent_whatever_the_server_knows_of_the_ttl_of_sessions),
		TEST(get_asks_the_second_after_every_failure_of_a_server),
		TEST(get_goes_by_the_table_whatever_ails_a_server),
		TEST(look_goes_by_the_table_whatever_ails_a_server),
		TEST(the_newest_value_wins_on_whichever_side_it_is),
		TEST(what_is_written_while_the_value_is_fetched_is_the_newest),
		TEST(what_is_gone_while_the_value_is_fetched_is_a_miss),
		TEST(by_the_policy_first_the_second_is_not_asked_for_what_the_first_has),
		TEST(by_the_policy_first_a_tombstone_is_the_firsts_word_too),
		TEST(by_the_policy_first_the_second_fills_a_first_that_has_none),
		TEST(by_the_policy_first_the_second_is_asked_when_the_first_fails),
		TEST(by_the_policy_first_a_miss_is_one_on_both),
		TEST(a_touch_reaches_both_whatever_the_read_policy),
		TEST(a_part_from_the_first_is_forgotten_before_the_second_is_asked),
		TEST(an_empty_value_from_the_second_leaves_no_part_of_the_firsts),
		TEST(a_failed_get_leaves_no_part_in_the_sink),
		TEST(a_part_from_the_first_is_forgotten_when_the_second_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
