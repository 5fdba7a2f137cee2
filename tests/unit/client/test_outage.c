/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Servers that refuse, and are marked dead: who asks them in spite of that, and who waits for them.
 */

#include <string.h>

#include "client/policy/change.h"
#include "client/policy/session.h"
#include "tests/unit/client/three_servers.h"
#include "tests/unit/unit.h"

#define NEW_VERSION 2000
#define OLD_VERSION 1000

/* Two sharedanced that mark themselves when they refuse, with one entry. */
static void use_marked_stores(struct pool *pool)
{
	use_stores(pool);
	pool->at_first->is_marked_when_refusing = pool->at_second->is_marked_when_refusing = true;
	(void)fake_put(pool->at_first, KEY, "new", NEW_VERSION);
	(void)fake_put(pool->at_second, KEY, "new", NEW_VERSION);
}

/* The server refused, and is back; nobody has asked it since. */
static void mark(struct pool *pool, struct fake_store *store)
{
	store->refusing_since_ms = pool->clock_ms;
}

/* {{{ operations insist */

static void where_both_are_marked_both_are_asked_at_once(void **state)
{
	struct pool *pool = *state;

	for (int i = 0; i < 3; i++) {
		int64_t began_ms = pool->clock_ms;

		use_marked_stores(pool);
		mark(pool, pool->at_first);
		mark(pool, pool->at_second);
		if (i == 0) {
			assert_int_equal(do_get(pool), SD_OK);
			assert_string_equal(pool->kept.bytes, "new");
		} else if (i == 1) {
			assert_int_equal(do_set(pool), SD_OK);
			assert_int_equal(pool->entry.stored, 2);
		} else {
			assert_int_equal(do_delete(pool), SD_OK);
		}
		assert_int_equal(pool->at_first->refusing_since_ms, 0);
		assert_in_range(pool->clock_ms - began_ms, 0, 10);
		assert_int_equal(pool->network.pauses, 0);
	}
}

static void where_one_answers_the_marked_one_is_left_alone(void **state)
{
	struct pool *pool = *state;

	use_marked_stores(pool);
	mark(pool, pool->at_first);
	assert_int_equal(do_get(pool), SD_OK);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_not_equal(pool->at_first->refusing_since_ms, 0);
}

static void the_marked_one_is_asked_where_the_other_fails_now(void **state)
{
	struct pool *pool = *state;

	use_marked_stores(pool);
	mark(pool, pool->at_first);
	pool->at_second->act = FAKE_REFUSES;
	assert_int_equal(do_get(pool), SD_OK);
	mark(pool, pool->at_first);
	pool->at_second->refusing_since_ms = 0;
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->entry.stored, 1);
}

static void the_marked_one_is_asked_where_the_other_is_unproven(void **state)
{
	struct pool *pool = *state;

	use_marked_stores(pool);
	fake_put(pool->at_second, KEY, "old", OLD_VERSION)->unproven = true;
	mark(pool, pool->at_first);
	assert_int_equal(do_get(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "new");
}

static enum sd_status replace(struct pool *pool)
{
	const struct sd_change change = {.kind = SD_REPLACE, .ttl = 60};

	return sd_change_entry(&pool->policy, about(pool, (struct sd_bytes){"x", 1}, NULL), &change,
	                       &pool->error);
}

static void a_change_is_made_where_both_are_marked(void **state)
{
	struct pool *pool = *state;

	use_marked_stores(pool);
	mark(pool, pool->at_first);
	mark(pool, pool->at_second);
	assert_int_equal(replace(pool), SD_OK);
}

/* The server carries a write out, and nobody hears of it. */
static void lose_the_decision(struct fake_transport *fake, void *context)
{
	bool has_read = fake->asked_count > 0 && fake->asked[fake->asked_count - 1].kind == SD_EXISTS;

	if (has_read) {
		((struct fake_store *)context)->act = FAKE_LOSES_ANSWERS;
	}
}

static void a_change_that_may_have_been_made_is_not_made_again(void **state)
{
	struct pool *pool = *state;

	use_marked_stores(pool);
	mark(pool, pool->at_first);
	pool->network.meanwhile = lose_the_decision;
	pool->network.context = pool->at_second;
	assert_int_equal(replace(pool), SD_CLOSED);
	assert_int_not_equal(pool->at_first->refusing_since_ms, 0);
}

static void who_refuses_still_is_asked_once_more_and_the_operation_fails(void **state)
{
	struct pool *pool = *state;

	use_marked_stores(pool);
	mark(pool, pool->at_first);
	mark(pool, pool->at_second);
	pool->at_first->act = pool->at_second->act = FAKE_REFUSES;
	assert_int_equal(do_get(pool), SD_UNREACHABLE);
	assert_non_null(strstr(pool->error.text, "Connection refused"));
	assert_int_equal(pool->network.pauses, 0); /* cache operations do not wait */
}

static void what_is_asked_again_ends_at_the_first_deadline(void **state)
{
	struct pool *pool = *state;
	int64_t began_ms = pool->clock_ms;

	use_marked_stores(pool);
	mark(pool, pool->at_first);
	pool->at_second->act = FAKE_STALLS;
	(void)do_get(pool);
	assert_in_range(pool->clock_ms - began_ms, 0, pool->options.timeout_ms + 10);
}

/* }}} */

/* {{{ sessions wait */

struct comeback {
	struct fake_store *store;
	int64_t at_ms;
};

static struct comeback comeback;

/* The server is back at its time. */
static void come_back(struct fake_transport *fake, void *context)
{
	struct comeback *back = context;

	if (back->store != NULL && *fake->clock_ms >= back->at_ms) {
		back->store->act = FAKE_ANSWERS;
	}
}

static enum sd_status begin_session(struct pool *pool, struct sd_session *session)
{
	const struct sd_session_rules rules = {.locks = true, .lease_s = 30, .wait_ms = 1000};
	struct sd_error error;

	pool->network.is_for_sessions = true;
	assert_int_equal(sd_session_init(session, &pool->policy, key, &error), SD_OK);
	return sd_session_begin(session, &rules, &pool->kept.sink, &error);
}

static void let_both_refuse(struct pool *pool, int64_t until_ms)
{
	use_marked_stores(pool);
	pool->at_first->act = pool->at_second->act = FAKE_REFUSES;
	comeback = (struct comeback){pool->at_second, pool->clock_ms + until_ms};
	pool->network.meanwhile = come_back;
	pool->network.context = &comeback;
}

static void a_session_begins_when_a_server_is_back_within_a_second(void **state)
{
	struct pool *pool = *state;
	int64_t began_ms = pool->clock_ms;
	struct sd_session session;
	struct sd_error error;

	let_both_refuse(pool, 300);
	assert_int_equal(begin_session(pool, &session), SD_OK);
	assert_in_range(pool->clock_ms - began_ms, 300, 400);
	assert_int_equal(sd_session_end(&session, &error), SD_OK);
}

static void a_session_waits_for_the_one_that_can_prove_what_the_other_has(void **state)
{
	struct pool *pool = *state;
	int64_t began_ms = pool->clock_ms;
	struct sd_session session;
	struct sd_error error;

	let_both_refuse(pool, 500);
	pool->at_first->act = FAKE_ANSWERS;
	fake_put(pool->at_first, KEY, "old", OLD_VERSION)->unproven = true;
	assert_int_equal(begin_session(pool, &session), SD_OK);
	assert_in_range(pool->clock_ms - began_ms, 500, 600);
	assert_string_equal(pool->kept.bytes, "new");
	assert_int_equal(sd_session_end(&session, &error), SD_OK);
}

/* A proxy whose server is away does so. */
/* The newer one was seen, and cannot be fetched: whoever tries again must not forget that. */
static void refuse_from_second(struct pool *pool)
{
	pool->at_second->act = FAKE_REFUSES;
}

static void a_session_that_tries_again_does_not_begin_with_what_was_seen_to_be_old(void **state)
{
	struct pool *pool = *state;
	struct sd_session session;

	use_marked_stores(pool);
	fake_put(pool->at_first, KEY, "old", OLD_VERSION);
	interrupt(pool, 2, refuse_from_second);
	assert_int_equal(begin_session(pool, &session), SD_UNREACHABLE);
	assert_true(pool->network.pauses > 0);
}

static void a_session_waits_for_one_though_the_other_ends_its_connections(void **state)
{
	struct pool *pool = *state;
	int64_t began_ms = pool->clock_ms;
	struct sd_session session;
	struct sd_error error;

	let_both_refuse(pool, 300);
	pool->at_first->act = FAKE_LOSES_ANSWERS;
	assert_int_equal(begin_session(pool, &session), SD_OK);
	assert_in_range(pool->clock_ms - began_ms, 300, 400);
	assert_int_equal(sd_session_end(&session, &error), SD_OK);
}

static void a_session_fails_a_second_after_the_first_refusal_by_anybody(void **state)
{
	struct pool *pool = *state;
	int64_t began_ms = pool->clock_ms;
	struct sd_session session;

	let_both_refuse(pool, 5000);
	assert_int_equal(begin_session(pool, &session), SD_UNREACHABLE);
	assert_in_range(pool->clock_ms - began_ms, 1000, 1100);
	assert_string_equal(sd_session_phase_name(session.failed), "connect");
	began_ms = pool->clock_ms; /* the next one does not wait anew, */
	assert_int_equal(begin_session(pool, &session), SD_UNREACHABLE);
	assert_in_range(pool->clock_ms - began_ms, 0, 50);
	pool->at_first->act = FAKE_ANSWERS; /* but asks */
	assert_int_equal(begin_session(pool, &session), SD_OK);
}

/* It is back behind the second refusal, and no longer marked when that is looked at. */
static void come_back_behind_a_refusal(struct fake_transport *fake, void *context)
{
	struct fake_store *store = context;

	if (fake->rounds == 2) {
		store->act = FAKE_ANSWERS;
		store->refusing_since_ms = 0;
	}
}

static void a_session_begins_on_a_server_that_was_back_right_after_it_refused(void **state)
{
	struct pool *pool = *state;
	struct sd_session session;
	struct sd_error error;

	pool->policy.pool.redundancy = false;
	use_marked_stores(pool);
	pool->at_first->act = FAKE_REFUSES;
	pool->network.between = come_back_behind_a_refusal;
	pool->network.context = pool->at_first;
	pool->network.rounds = 0;
	assert_int_equal(begin_session(pool, &session), SD_OK);
	assert_int_equal(sd_session_end(&session, &error), SD_OK);
}

static void a_session_whose_id_is_replaceable_does_not_wait(void **state)
{
	struct pool *pool = *state;
	const struct sd_session_rules rules = {.locks = true, .is_replaceable = true, .lease_s = 30};
	int64_t began_ms = pool->clock_ms;
	struct sd_session session;
	struct sd_error error;

	let_both_refuse(pool, 300);
	pool->network.is_for_sessions = true;
	assert_int_equal(sd_session_init(&session, &pool->policy, key, &error), SD_OK);
	assert_int_equal(sd_session_begin(&session, &rules, &pool->kept.sink, &error), SD_UNREACHABLE);
	assert_in_range(pool->clock_ms - began_ms, 0, 50);
	assert_int_equal(session.hold, SD_SESSION_UNASKED);
}

static void a_session_does_not_wait_for_servers_that_are_silent(void **state)
{
	struct pool *pool = *state;
	struct sd_session session;

	use_marked_stores(pool);
	pool->at_first->act = pool->at_second->act = FAKE_IS_MARKED;
	assert_int_equal(begin_session(pool, &session), SD_DEAD);
	assert_int_equal(pool->network.pauses, 0);
}

static void a_session_that_was_not_changed_is_prolonged_when_a_server_is_back(void **state)
{
	struct pool *pool = *state;
	struct sd_session session;
	struct sd_error error;
	int64_t began_ms;

	use_marked_stores(pool);
	assert_int_equal(begin_session(pool, &session), SD_OK);
	let_both_refuse(pool, 300);
	began_ms = pool->clock_ms;
	assert_int_equal(sd_session_touch(&session, (struct sd_bytes){"new", 3}, 60, &error), SD_OK);
	assert_in_range(pool->clock_ms - began_ms, 300, 400);
	/* each try has the whole time */
	assert_int_equal(last_asked(&pool->network)->deadline_ms,
	                 last_asked(&pool->network)->at_ms + SERVER_TIMEOUT_MS);
}

/* }}} */

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(where_both_are_marked_both_are_asked_at_once),
		TEST(where_one_answers_the_marked_one_is_left_alone),
		TEST(the_marked_one_is_asked_where_the_other_fails_now),
		TEST(the_marked_one_is_asked_where_the_other_is_unproven),
		TEST(a_change_is_made_where_both_are_marked),
		TEST(a_change_that_may_have_been_made_is_not_made_again),
		TEST(who_refuses_still_is_asked_once_more_and_the_operation_fails),
		TEST(what_is_asked_again_ends_at_the_first_deadline),
		TEST(a_session_begins_when_a_server_is_back_within_a_second),
		TEST(a_session_waits_for_the_one_that_can_prove_what_the_other_has),
		TEST(a_session_that_tries_again_does_not_begin_with_what_was_seen_to_be_old),
		TEST(a_session_waits_for_one_though_the_other_ends_its_connections),
		TEST(a_session_fails_a_second_after_the_first_refusal_by_anybody),
		TEST(a_session_begins_on_a_server_that_was_back_right_after_it_refused),
		TEST(a_session_whose_id_is_replaceable_does_not_wait),
		TEST(a_session_does_not_wait_for_servers_that_are_silent),
		TEST(a_session_that_was_not_changed_is_prolonged_when_a_server_is_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
