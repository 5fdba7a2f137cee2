/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Sessions: what is asked together, what is written where the lock was lost, and what never is. */

#include <string.h>

#include "tests/unit/client/session_clients.h"
#include "wire/classic.h"

/* {{{ beginning */

static void lock_and_read_are_one_round_trip_to_both(void **state)
{
	struct pool *pool = *state;

	put_both(pool, "data", 5);
	assert_begins(&pool->us, SD_OK, "data");
	assert_asked(&pool->us, 0, SD_LOCK, pool->first, 1);
	assert_asked(&pool->us, 1, SD_GET, pool->first, 1);
	assert_asked(&pool->us, 2, SD_LOCK, pool->second, 1);
	assert_asked(&pool->us, 3, SD_EXISTS, pool->second, 1);
	assert_asked_no_more(&pool->us, 4, 1);
	assert_int_equal(pool->us.session.hold, SD_SESSION_LOCKED);
	assert_true(is_locked(pool->at_first) && is_locked(pool->at_second));
}

static void without_redundancy_they_are_one_in_all(void **state)
{
	struct pool *pool = *state;

	pool->us.policy.pool.redundancy = false;
	put_both(pool, "data", 5);
	assert_begins(&pool->us, SD_OK, "data");
	assert_asked_no_more(&pool->us, 2, 1);
	assert_int_equal(write_value(&pool->us, "new"), SD_OK);
	assert_asked(&pool->us, 0, SD_SET, pool->first, 1);
	assert_asked(&pool->us, 1, SD_UNLOCK, pool->first, 1);
	assert_asked_no_more(&pool->us, 2, 1);
	assert_has(pool->at_first, "new");
	assert_has(pool->at_second, "data");
	assert_free(pool);
}

static void what_is_not_there_is_absent_and_locked(void **state)
{
	struct pool *pool = *state;

	assert_begins(&pool->us, SD_ABSENT, "");
	assert_int_equal(pool->us.session.hold, SD_SESSION_LOCKED);
	assert_int_equal(write_value(&pool->us, "first"), SD_OK);
	assert_both_have(pool, "first");
	assert_free(pool);
}

static void a_lock_of_somebody_else_is_waited_for_and_nothing_is_read_without_it(void **state)
{
	struct pool *pool = *state;
	int64_t began_ms = pool->clock_ms;

	put_both(pool, "data", 5);
	assert_begins(&pool->them, SD_OK, "data");
	began_ms = pool->clock_ms;
	assert_begins(&pool->us, SD_CONFLICT, "");
	assert_in_range(pool->clock_ms - began_ms, WAIT_MS, WAIT_MS + 10);
	assert_int_equal(pool->us.session.failed, SD_SESSION_LOCKING);
	assert_text_has(&pool->us.error, "the lock was not obtained in time");
	assert_int_equal(pool->us.session.lock.holders, 0);
	assert_int_equal(pool->us.network.asked[2].wait_ms, 0);
	assert_asked(&pool->us, 4, SD_LOCK, pool->first, 2); /* and only that is waited for */
	assert_asked_no_more(&pool->us, 6, 2);
	assert_int_equal(write_value(&pool->them, "theirs"), SD_OK);
	assert_begins(&pool->us, SD_OK, "theirs");
}

static void who_waits_for_the_first_does_not_hold_the_second(void **state)
{
	struct pool *pool = *state;

	put_both(pool, "data", 5);
	pool->at_first->locks[0] = (struct fake_lock){KEY, 2, pool->clock_ms + SECOND_MS, 0};
	assert_begins(&pool->us, SD_OK, "data");
	assert_asked(&pool->us, 2, SD_LOCK, pool->second, 1);
	assert_asked(&pool->us, 4, SD_UNLOCK, pool->second, 2);
	assert_asked(&pool->us, 5, SD_LOCK, pool->first, 3);
	assert_asked(&pool->us, 7, SD_LOCK, pool->second, 4);
	assert_asked_no_more(&pool->us, 9, 4);
	assert_true(is_locked(pool->at_first) && is_locked(pool->at_second));
}

static void who_waits_for_the_second_holds_the_first(void **state)
{
	struct pool *pool = *state;

	put_both(pool, "data", 5);
	pool->at_second->locks[0] = (struct fake_lock){KEY, 2, pool->clock_ms + SECOND_MS, 0};
	assert_begins(&pool->us, SD_OK, "data");
	assert_asked(&pool->us, 4, SD_LOCK, pool->second, 2);
	assert_in_range(pool->us.network.asked[4].wait_ms, 1, WAIT_MS);
	assert_asked_no_more(&pool->us, 6, 2);
	assert_true(is_locked(pool->at_first) && is_locked(pool->at_second));
}

/* Others began without the first server and have the second one's lock alone. They write to both,
 * and then the second is gone. */
static void write_and_lose_the_second(struct fake_transport *fake, void *context)
{
	struct pool *pool = context;

	if (fake->rounds == 2) {
		put_both(pool, "theirs", 6);
		pool->at_second->act = FAKE_REFUSES;
	}
}

static void write_and_silence_the_second(struct fake_transport *fake, void *context)
{
	struct pool *pool = context;

	if (fake->rounds == 2) {
		put_both(pool, "theirs", 6);
		pool->at_second->act = FAKE_STALLS;
	}
}

static void begin_as_the_second_is_lost(struct pool *pool)
{
	put_both(pool, "data", 5);
	pool->at_second->locks[0] = (struct fake_lock){KEY, 2, pool->clock_ms + SECOND_MS, 0};
	pool->us.network.meanwhile = write_and_lose_the_second;
	pool->us.network.context = pool;
	assert_begins(&pool->us, SD_OK, "theirs");
	assert_int_equal(pool->us.session.lock.holders, 1);
	pool->us.network.meanwhile = NULL;
}

static void if_the_second_is_lost_during_the_wait_the_first_is_read_again(void **state)
{
	struct pool *pool = *state;

	begin_as_the_second_is_lost(pool);
	assert_asked(&pool->us, 6, SD_GET, pool->first, 3);
	assert_asked_no_more(&pool->us, 7, 3);
	assert_int_equal(write_value(&pool->us, "ours"), SD_OK);
	assert_has(pool->at_first, "ours");
}

static void what_others_were_writing_then_is_not_written_over(void **state)
{
	struct pool *pool = *state;

	begin_as_the_second_is_lost(pool);
	fake_put(pool->at_first, KEY, "on its way", 7);
	assert_int_equal(write_value(&pool->us, "ours"), SD_CONFLICT);
	assert_text_has(&pool->us.error, "another request has written the session");
	assert_has(pool->at_first, "on its way");
	assert_false(is_locked(pool->at_first));
}

/* However long the second takes to fail. */
static void it_is_read_again_if_the_second_has_taken_all_time(void **state)
{
	struct pool *pool = *state;

	put_both(pool, "data", 5);
	pool->at_second->locks[0] = (struct fake_lock){KEY, 2, pool->clock_ms + 3600 * SECOND_MS, 0};
	pool->us.network.meanwhile = write_and_silence_the_second;
	pool->us.network.context = pool;
	assert_begins(&pool->us, SD_OK, "theirs");
	assert_int_equal(pool->us.session.lock.holders, 1);
}

/* That is over with the next beginning. */
static void begun_again_with_both_it_is_written_over_what_has_no_lock_again(void **state)
{
	struct pool *pool = *state;

	begin_as_the_second_is_lost(pool);
	pool->at_second->act = FAKE_ANSWERS;
	fake_restart(pool->at_second);
	assert_begins(&pool->us, SD_OK, "theirs");
	assert_int_equal(pool->us.session.lock.holders, 2);
	fake_put(pool->at_first, KEY, "without a lock", 7);
	assert_int_equal(write_value(&pool->us, "ours"), SD_OK);
	assert_asked(&pool->us, 0, SD_SET, pool->first, 1);
	assert_int_equal(pool->us.network.asked[0].condition, SD_IF_NEWER);
	assert_both_have(pool, "ours");
}

/* So it is if it begins without locks: there the last writer wins. */
static void begun_again_without_locks_the_last_writer_wins(void **state)
{
	struct pool *pool = *state;

	begin_as_the_second_is_lost(pool);
	pool->at_second->act = FAKE_ANSWERS;
	assert_int_equal(end(&pool->us), SD_OK);
	pool->us.rules.locks = false;
	pool->us.kept.sink.kind->restart(&pool->us.kept.sink);
	assert_begins(&pool->us, SD_OK, "theirs");
	fake_put(pool->at_first, KEY, "without a lock", 7);
	assert_int_equal(write_value(&pool->us, "ours"), SD_OK);
	assert_int_equal(pool->us.network.asked[0].condition, SD_IF_NEWER);
	assert_both_have(pool, "ours");
}

/* Each server has its usual time, however long the first one's lock was waited for. */
static void the_wait_for_a_lock_is_no_time_of_the_operation(void **state)
{
	struct pool *pool = *state;
	int64_t until_ms = pool->clock_ms + 3 * pool->options.timeout_ms;
	const struct fake_asked *asked;

	put_both(pool, "data", 5);
	pool->us.rules.wait_ms = 4 * pool->options.timeout_ms;
	pool->at_first->locks[0] = (struct fake_lock){KEY, 2, until_ms, 0};
	assert_begins(&pool->us, SD_OK, "data");
	assert_int_equal(pool->us.session.lock.holders, 2);
	asked = &pool->us.network.asked[7]; /* the second one's lock */
	assert_int_equal(asked->kind, SD_LOCK);
	assert_ptr_equal(asked->server, pool->second);
	assert_true(asked->at_ms >= until_ms);
	assert_true(asked->deadline_ms - asked->wait_ms >= until_ms + pool->options.timeout_ms / 2);
}

static void without_the_lock_the_newest_can_be_read_anyway(void **state)
{
	struct pool *pool = *state;

	fake_put(pool->at_first, KEY, "old", 5);
	fake_put(pool->at_second, KEY, "new", 6);
	pool->at_first->locks[0] = (struct fake_lock){KEY, 2, INT64_MAX, 0};
	pool->us.rules.reads_anyway = true;
	assert_begins(&pool->us, SD_OK, "new");
	assert_int_equal(pool->us.session.hold, SD_SESSION_REFUSED);
	assert_int_equal(pool->us.session.lock.holders, 0);
	assert_false(is_locked(pool->at_second));
}

static void refused_by_the_second_the_first_is_given_back(void **state)
{
	struct pool *pool = *state;

	put_both(pool, "data", 5);
	pool->at_second->locks[0] = (struct fake_lock){KEY, 2, INT64_MAX, 0};
	assert_begins(&pool->us, SD_CONFLICT, "");
	assert_false(is_locked(pool->at_first));
	assert_true(is_locked(pool->at_second)); /* theirs */
}

static void the_newest_is_read_and_the_older_repaired_under_the_lock(void **state)
{
	struct pool *pool = *state;

	fake_put(pool->at_first, KEY, "old", 5);
	fake_put(pool->at_second, KEY, "new", 6);
	assert_begins(&pool->us, SD_OK, "new");
	assert_both_have(pool, "new");
	assert_int_equal(pool->us.session.version, 6);
	assert_true(is_locked(pool->at_first) && is_locked(pool->at_second));
	assert_int_equal(write_value(&pool->us, "newer"), SD_OK);
	assert_asked_no_more(&pool->us, 4, 1);
	assert_both_have(pool, "newer");
}

static void both_are_compared_whatever_the_read_policy(void **state)
{
	struct pool *pool = *state;

	pool->options.read_policy = SD_READ_FIRST;
	fake_put(pool->at_first, KEY, "old", 5);
	fake_put(pool->at_second, KEY, "new", 6);
	assert_begins(&pool->us, SD_OK, "new");
}

static void the_second_is_fetched_from_where_the_first_is_down(void **state)
{
	struct pool *pool = *state;

	put_both(pool, "data", 5);
	pool->at_first->act = FAKE_REFUSES;
	assert_begins(&pool->us, SD_OK, "data");
	assert_asked(&pool->us, 4, SD_GET, pool->second, 2);
	assert_asked_no_more(&pool->us, 5, 2);
	assert_int_equal(pool->us.session.hold, SD_SESSION_LOCKED);
}

static void the_second_is_fetched_from_at_once_where_the_first_is_known_to_be_dead(void **state)
{
	struct pool *pool = *state;

	put_both(pool, "data", 5);
	fake_is_marked(&pool->us.network, pool->first);
	assert_begins(&pool->us, SD_OK, "data");
	assert_asked(&pool->us, 0, SD_LOCK, pool->second, 1);
	assert_asked(&pool->us, 1, SD_GET, pool->second, 1);
	assert_asked_no_more(&pool->us, 2, 1);
	assert_int_equal(pool->us.session.hold, SD_SESSION_LOCKED);
}

static void a_first_that_never_answers_leaves_the_second_its_time(void **state)
{
	struct pool *pool = *state;
	int64_t began_ms = pool->clock_ms;

	put_both(pool, "data", 5);
	pool->at_first->act = FAKE_STALLS;
	assert_begins(&pool->us, SD_OK, "data");
	assert_in_range(pool->clock_ms - began_ms, 0, WAIT_MS + 6 * SECOND_MS);
}

/* Another request has the lock on the first, which is asked for it once more. */
static void a_second_that_never_answers_leaves_the_first_its_time(void **state)
{
	struct pool *pool = *state;
	int64_t began_ms = pool->clock_ms;

	put_both(pool, "data", 5);
	pool->at_first->locks[0] = (struct fake_lock){KEY, 2, began_ms + SECOND_MS, 0};
	pool->at_second->act = FAKE_STALLS;
	assert_begins(&pool->us, SD_OK, "data");
	assert_int_equal(pool->us.session.hold, SD_SESSION_LOCKED);
	assert_in_range(pool->clock_ms - began_ms, 0, WAIT_MS + 6 * SECOND_MS);
}

static void what_is_behind_the_lock_has_the_locks_wait_too(void **state)
{
	struct pool *pool = *state;

	put_both(pool, "data", 5);
	pool->at_first->locks[0] = (struct fake_lock){KEY, 2, pool->clock_ms + 4 * SECOND_MS, 0};
	pool->at_second->after_ms = SECOND_MS;
	assert_begins(&pool->us, SD_OK, "data");
	assert_asked(&pool->us, 5, SD_LOCK, pool->first, 3);
	assert_int_equal(pool->us.network.asked[6].wait_ms, pool->us.network.asked[5].wait_ms);
	assert_int_equal(pool->us.network.asked[6].deadline_ms, pool->us.network.asked[5].deadline_ms);
	/* what was waited on the first is no longer there to be waited on the second */
	assert_asked(&pool->us, 7, SD_LOCK, pool->second, 4);
	assert_in_range(pool->us.network.asked[7].wait_ms, SECOND_MS - 10, SECOND_MS);
}

/* The asked ones from there on, two by two. */
static void assert_same_times(const struct client *client, size_t count)
{
	for (size_t i = 0; i < count; i += 2) {
		const struct fake_asked *one = &client->network.asked[i];
		const struct fake_asked *other = &client->network.asked[i + 1];

		assert_ptr_equal(one->server, other->server);
		assert_int_equal(one->deadline_ms, other->deadline_ms);
		assert_int_equal(one->connect_deadline_ms, other->connect_deadline_ms);
		assert_int_equal(one->patience_ms, other->patience_ms);
		assert_int_equal(one->full_ms, other->full_ms);
		assert_int_equal(one->hurried, other->hurried);
		assert_int_equal(one->status, SD_ABORTED);
		assert_int_equal(other->status, SD_ABORTED);
	}
}

static void a_lock_and_what_is_beside_it_have_the_same_time(void **state)
{
	struct pool *pool = *state;

	pool->second->timeout_ms = 7 * SECOND_MS;
	put_both(pool, "data", 5);
	assert_begins(&pool->us, SD_OK, "data");
	assert_same_times(&pool->us, 4);
	/* more time for a value is none for the lock */
	assert_true(pool->us.network.asked[1].value_deadline_ms >
	            pool->us.network.asked[1].deadline_ms);
	assert_int_equal(pool->us.network.asked[0].value_deadline_ms,
	                 pool->us.network.asked[0].deadline_ms);
	assert_int_equal(write_value(&pool->us, "more"), SD_OK);
	assert_same_times(&pool->us, 4);
	assert_int_equal(pool->us.network.asked[2].full_ms, 7 * SECOND_MS);
	/* its limit is the same too: a server with a transport of its own begins both once more */
	assert_int_equal(pool->us.network.asked[0].limit_ms, pool->us.network.asked[1].limit_ms);
}

static void an_outage_is_never_a_session_without_data(void **state)
{
	struct pool *pool = *state;
	enum sd_status status;

	pool->at_first->act = FAKE_REFUSES;
	pool->at_second->act = FAKE_STALLS;
	status = begin(&pool->us);
	assert_true(sd_status_is_failure(status));
	assert_int_equal(pool->us.session.failed, SD_SESSION_CONNECTING);
	assert_text_has(&pool->us.error, "Failed to connect on");
	assert_text_has(&pool->us.error, pool->first->host);
	assert_text_has(&pool->us.error, pool->second->host);
	assert_int_equal(pool->us.session.lock.holders, 0);
}

static void an_absence_that_is_not_proven_is_a_failure(void **state)
{
	struct pool *pool = *state;

	fake_restart(pool->at_second);
	pool->at_first->act = FAKE_REFUSES;
	assert_int_equal(begin(&pool->us), SD_UNPROVEN);
	assert_int_equal(pool->us.session.failed, SD_SESSION_READING);
	assert_free(pool); /* what was taken for it is given back */
}

/* {{{ a server that was told of a shorter time to live than sessions have */

static void an_absence_that_is_proven_too_early_is_not_believed(void **state)
{
	struct pool *pool = *state;

	for (int i = 0; i < 2; i++) {
		pool->us.rules.locks = i == 0;
		pool->at_second->ttl = FAKE_UNTOLD_YOUNG;
		pool->at_second->in_later_epoch = false;
		pool->at_first->act = FAKE_REFUSES;
		assert_int_equal(begin(&pool->us), SD_UNPROVEN);
		assert_int_equal(pool->at_second->ttl, FAKE_TOLD);
		assert_free(pool);
	}
}

static void an_absence_that_is_proven_all_the_same_is_read_once_more(void **state)
{
	struct pool *pool = *state;

	for (int i = 0; i < 2; i++) {
		pool->us.rules.locks = i == 0;
		pool->at_second->ttl = FAKE_UNTOLD_OLD;
		pool->at_first->act = FAKE_REFUSES;
		assert_begins(&pool->us, SD_ABSENT, "");
		assert_int_equal(pool->at_second->ttl, FAKE_TOLD);
		assert_int_equal(is_locked(pool->at_second), i == 0);
		assert_int_equal(end(&pool->us), SD_OK);
	}
}

/* It does not depend on how long sessions live, so nobody asks whether the server knows. */
static void what_is_certain_without_that_is_believed(void **state)
{
	struct pool *pool = *state;

	pool->at_first->ttl = pool->at_second->ttl = FAKE_UNTOLD_YOUNG;
	assert_begins(&pool->us, SD_ABSENT, ""); /* both are there */
	assert_int_equal(end(&pool->us), SD_OK);
	pool->at_first->act = FAKE_REFUSES;
	pool->us.rules.is_new = true;
	assert_begins(&pool->us, SD_ABSENT, "");
	assert_int_equal(end(&pool->us), SD_OK);
	pool->us.rules.is_new = false;
	fake_put_tombstone(pool->at_second, KEY, 5);
	assert_begins(&pool->us, SD_ABSENT, "");
	assert_int_equal(end(&pool->us), SD_OK);
	fake_put(pool->at_second, KEY, "data", 6);
	assert_begins(&pool->us, SD_OK, "data");
	assert_int_equal(pool->at_first->ttl, FAKE_UNTOLD_YOUNG);
	assert_int_equal(pool->at_second->ttl, FAKE_UNTOLD_YOUNG);
}

/* }}} */

static void an_id_of_this_request_begins_where_the_other_server_is_away(void **state)
{
	struct pool *pool = *state;

	for (int i = 0; i < 2; i++) {
		bool locks = i == 0;

		fake_restart(pool->at_second);
		pool->at_first->act = FAKE_REFUSES;
		pool->us.rules.locks = locks;
		pool->us.rules.is_new = true;
		assert_begins(&pool->us, SD_ABSENT, "");
		assert_int_equal(pool->us.session.hold, locks ? SD_SESSION_LOCKED : SD_SESSION_UNASKED);
		assert_int_equal(sd_session_end(&pool->us.session, &pool->us.error), SD_OK);
		/* begun again it may be known by then */
		pool->us.rules.is_new = false;
		assert_int_equal(begin(&pool->us), SD_UNPROVEN);
	}
}

static void an_id_of_this_request_needs_one_server(void **state)
{
	struct pool *pool = *state;

	pool->us.rules.is_new = true;
	pool->at_first->act = pool->at_second->act = FAKE_REFUSES;
	assert_int_equal(begin(&pool->us), SD_UNREACHABLE);
}

static void a_value_that_breaks_off_is_read_anew_from_the_second(void **state)
{
	struct pool *pool = *state;

	fake_breaks_off(&pool->us.network, pool->first, "par", 1);
	fake_put(pool->at_second, KEY, "data", 5);
	assert_begins(&pool->us, SD_OK, "data");
}

static void begun_again_it_is_locked_and_read_again(void **state)
{
	struct pool *pool = *state;

	put_both(pool, "data", 5);
	assert_begins(&pool->us, SD_OK, "data");
	pool->clock_ms += (LEASE - 1) * SECOND_MS;
	put_both(pool, "other", 6);
	assert_begins(&pool->us, SD_OK, "other");
	assert_int_equal(pool->us.session.lock.holders, 2);
	assert_int_equal(pool->us.network.asked[0].connection, pool->us.network.connection);
	pool->clock_ms += (LEASE - 1) * SECOND_MS; /* the lease is a new one */
	assert_int_equal(write_value(&pool->us, "new"), SD_OK);
	assert_both_have(pool, "new");
	assert_free(pool);
}

/* Two requests of which each held one would wait for each other. */
static void begun_again_it_waits_for_the_first_without_holding_the_second(void **state)
{
	struct pool *pool = *state;

	put_both(pool, "data", 5);
	assert_begins(&pool->us, SD_OK, "data");
	pool->at_first->locks[0] = (struct fake_lock){KEY, 2, pool->clock_ms + SECOND_MS, 0};
	assert_begins(&pool->us, SD_OK, "data");
	assert_asked(&pool->us, 0, SD_LOCK, pool->first, 1);
	assert_int_equal(pool->us.network.asked[0].wait_ms, 0);
	assert_asked(&pool->us, 2, SD_LOCK, pool->second, 1);
	assert_asked(&pool->us, 4, SD_UNLOCK, pool->second, 2);
	assert_asked(&pool->us, 5, SD_LOCK, pool->first, 3);
	assert_asked(&pool->us, 7, SD_LOCK, pool->second, 4);
	assert_asked_no_more(&pool->us, 9, 4);
	assert_int_equal(pool->us.session.lock.holders, 2);
	assert_int_equal(write_value(&pool->us, "new"), SD_OK);
	assert_both_have(pool, "new");
	assert_free(pool);
}

static void begun_again_and_refused_it_holds_nothing(void **state)
{
	struct pool *pool = *state;

	for (int i = 0; i < 2; i++) {
		struct fake_store *lost = i == 0 ? pool->at_first : pool->at_second;

		put_both(pool, "data", 5);
		assert_begins(&pool->us, SD_OK, "data");
		lost->locks[0] = (struct fake_lock){KEY, 2, INT64_MAX, 0};
		assert_begins(&pool->us, SD_CONFLICT, "");
		assert_int_equal(pool->us.session.lock.holders, 0);
		assert_false(is_locked(i == 0 ? pool->at_second : pool->at_first));
		memset(lost->locks, 0, sizeof(lost->locks));
	}
}

static void without_locks_it_is_read_as_the_policy_says(void **state)
{
	struct pool *pool = *state;

	pool->us.rules.locks = false;
	pool->options.read_policy = SD_READ_FIRST;
	put_both(pool, "data", 5);
	assert_begins(&pool->us, SD_OK, "data");
	assert_asked_no_more(&pool->us, 1, 1);
	assert_int_equal(pool->us.session.hold, SD_SESSION_UNASKED);
	assert_int_equal(write_value(&pool->us, "new"), SD_OK);
	assert_asked_no_more(&pool->us, 2, 1);
	assert_both_have(pool, "new");
}

static void without_locks_an_outage_is_no_session_without_data_either(void **state)
{
	struct pool *pool = *state;

	pool->us.rules.locks = false;
	pool->at_first->act = FAKE_REFUSES;
	pool->at_second->act = FAKE_STALLS;
	assert_true(sd_status_is_failure(begin(&pool->us)));
	assert_text_has(&pool->us.error, pool->first->host);
	assert_text_has(&pool->us.error, pool->second->host);
	pool->at_second->act = FAKE_REFUSES;
	assert_true(sd_status_is_failure(begin(&pool->us)));
	assert_int_equal(pool->us.session.failed, SD_SESSION_CONNECTING);
}

static void with_and_without_redundancy_and_locks_the_version_is_told(void **state)
{
	struct pool *pool = *state;

	put_both(pool, "data", 5);
	for (int i = 0; i < 4; i++) {
		pool->us.policy.pool.redundancy = i % 2 != 0;
		pool->us.rules.locks = i / 2 != 0;
		kept_restart(&pool->us.kept.sink);
		assert_begins(&pool->us, SD_OK, "data");
		assert_int_equal(pool->us.session.version, 5);
		assert_int_equal(end(&pool->us), SD_OK);
	}
}

static void ended_without_a_write_both_are_given_back_at_once(void **state)
{
	struct pool *pool = *state;

	put_both(pool, "data", 5);
	assert_begins(&pool->us, SD_OK, "data");
	assert_int_equal(end(&pool->us), SD_OK);
	assert_asked_no_more(&pool->us, 2, 1);
	assert_free(pool);
	assert_int_equal(end(&pool->us), SD_OK);
	assert_asked_no_more(&pool->us, 0, 0);
}

static void without_servers_it_cannot_begin(void **state)
{
	struct pool *pool = *state;

	sd_pool_clear(&pool->us.policy.pool);
	assert_int_equal(begin(&pool->us), SD_NO_SERVERS);
	assert_int_equal(write_value(&pool->us, "new"), SD_NO_SERVERS);
}

/* }}} */

/* {{{ writing */

static void write_and_unlock_are_one_round_trip_to_both(void **state)
{
	struct pool *pool = *state;

	put_both(pool, "data", 5);
	assert_begins(&pool->us, SD_OK, "data");
	assert_int_equal(write_value(&pool->us, "new"), SD_OK);
	assert_asked_no_more(&pool->us, 4, 1);
	for (size_t i = 0; i < 4; i += 2) {
		const struct fake_asked *asked = &pool->us.network.asked[i];

		assert_int_equal(asked[0].kind, SD_SET);
		assert_int_equal(asked[1].kind, SD_UNLOCK);
		assert_ptr_equal(asked[0].server, asked[1].server);
		assert_true(asked[0].held);
		assert_int_equal(asked[0].ttl, TTL_S);
		assert_true(asked[0].version > 5);
	}
	assert_both_have(pool, "new");
	assert_free(pool);
	assert_int_equal(pool->us.session.lock.holders, 0);
}

/* Somebody else has written meanwhile, under the lock that was ours. */
static void lose_to_others(struct pool *pool)
{
	fake_restart(pool->at_first);
	fake_restart(pool->at_second);
	assert_begins(&pool->them, SD_OK, "data");
	assert_int_equal(write_value(&pool->them, "theirs"), SD_OK);
}

static void a_write_whose_lock_was_lost_is_refused_if_somebody_wrote(void **state)
{
	struct pool *pool = *state;

	put_both(pool, "data", 5);
	assert_begins(&pool->us, SD_OK, "data");
	lose_to_others(pool);
	assert_int_equal(write_value(&pool->us, "ours"), SD_CONFLICT);
	assert_int_equal(pool->us.session.failed, SD_SESSION_LOCKING);
	assert_text_has(&pool->us.error, "the lock was lost");
	assert_text_has(&pool->us.error, "another request has written the session");
	assert_both_have(pool, "theirs");
}

static void a_delete_whose_lock_was_lost_is_refused_if_somebody_wrote(void **state)
{
	struct pool *pool = *state;

	put_both(pool, "data", 5);
	assert_begins(&pool->us, SD_OK, "data");
	lose_to_others(pool);
	assert_int_equal(destroy(&pool->us), SD_CONFLICT);
	assert_both_have(pool, "theirs");
}

static void held_on_one_of_two_it_is_ours_still_and_that_one_is_asked_first(void **state)
{
	struct pool *pool = *state;

	put_both(pool, "data", 5);
	assert_begins(&pool->us, SD_OK, "data");
	fake_restart(pool->at_first);
	assert_int_equal(write_value(&pool->us, "new"), SD_OK);
	assert_asked(&pool->us, 4, SD_SET, pool->first, 2);
	assert_false(pool->us.network.asked[4].held);
	assert_int_equal(pool->us.network.asked[4].condition, SD_IF_NEWER);
	assert_asked_no_more(&pool->us, 5, 2);
	assert_both_have(pool, "new");
	assert_int_equal(fake_entry_of(pool->at_first, KEY)->version,
	                 fake_entry_of(pool->at_second, KEY)->version);
}

static void a_server_that_was_down_is_written_to_once_the_holder_said_yes(void **state)
{
	struct pool *pool = *state;

	put_both(pool, "data", 5);
	pool->at_first->act = FAKE_REFUSES;
	assert_begins(&pool->us, SD_OK, "data");
	pool->at_first->act = FAKE_ANSWERS;
	assert_int_equal(write_value(&pool->us, "new"), SD_OK);
	/* the lock is held until both have it */
	assert_asked(&pool->us, 0, SD_SET, pool->second, 1);
	assert_asked(&pool->us, 1, SD_SET, pool->first, 2);
	assert_asked(&pool->us, 2, SD_UNLOCK, pool->second, 3);
	assert_asked_no_more(&pool->us, 3, 3);
	assert_both_have(pool, "new");
}

static void
beside_a_server_that_is_known_to_be_dead_write_and_unlock_are_one_round_trip(void **state)
{
	struct pool *pool = *state;

	put_both(pool, "data", 5);
	fake_is_marked(&pool->us.network, pool->first);
	assert_begins(&pool->us, SD_OK, "data");
	assert_int_equal(write_value(&pool->us, "new"), SD_OK);
	assert_asked(&pool->us, 0, SD_SET, pool->second, 1);
	assert_asked(&pool->us, 1, SD_UNLOCK, pool->second, 1);
	assert_has(pool->at_second, "new");
	assert_int_equal(pool->us.session.lock.holders, 0);
}

/* One server has the write before it is asked: another client's read has carried it there. */
static void carry(struct fake_transport *fake, void *context)
{
	struct pool *pool = context;

	if (fake->rounds == 1) {
		(void)fake_put(pool->at_first, KEY, "new", fake->last_version);
	}
}

/* That is no refusal: made anew, the write would be above what others have made of it. */
static void a_write_that_a_read_has_carried_is_not_made_anew(void **state)
{
	struct pool *pool = *state;

	put_both(pool, "data", 5);
	assert_begins(&pool->us, SD_OK, "data");
	pool->us.network.meanwhile = carry;
	pool->us.network.context = pool;
	assert_int_equal(write_value(&pool->us, "new"), SD_OK);
	assert_asked_no_more(&pool->us, 4, 1);
	assert_int_equal(fake_entry_of(pool->at_first, KEY)->version,
	                 fake_entry_of(pool->at_second, KEY)->version);
}

static void one_server_that_dies_meanwhile_costs_nothing(void **state)
{
	struct pool *pool = *state;

	put_both(pool, "data", 5);
	assert_begins(&pool->us, SD_OK, "data");
	pool->at_first->act = FAKE_REFUSES;
	assert_int_equal(write_value(&pool->us, "new"), SD_OK);
	assert_asked_no_more(&pool->us, 4, 1);
	assert_has(pool->at_second, "new");
}

static void where_both_die_meanwhile_both_are_named(void **state)
{
	struct pool *pool = *state;

	put_both(pool, "data", 5);
	assert_begins(&pool->us, SD_OK, "data");
	pool->at_first->act = FAKE_STALLS;
	pool->at_second->act = FAKE_STALLS;
	assert_int_equal(write_value(&pool->us, "new"), SD_TIMEOUT);
	assert_int_equal(pool->us.session.failed, SD_SESSION_WRITING);
	assert_text_has(&pool->us.error, pool->first->host);
	assert_text_has(&pool->us.error, pool->second->host);
	assert_int_equal(pool->us.session.lock.holders, 0);
}

static void a_write_whose_answer_is_lost_is_a_failure(void **state)
{
	struct pool *pool = *state;

	put_both(pool, "data", 5);
	assert_begins(&pool->us, SD_OK, "data");
	pool->at_first->act = FAKE_LOSES_ANSWERS;
	pool->at_second->act = FAKE_LOSES_ANSWERS;
	assert_int_equal(write_value(&pool->us, "new"), SD_CLOSED);
}

static void over_what_is_newer_it_is_written_again_with_a_larger_version(void **state)
{
	struct pool *pool = *state;
	uint64_t ahead = (uint64_t)pool->clock_ms * 1000 + 3600u * 1000000u;

	put_both(pool, "data", 5);
	assert_begins(&pool->us, SD_OK, "data");
	fake_put(pool->at_second, KEY, "without a lock, by a clock that is ahead", ahead);
	assert_int_equal(write_value(&pool->us, "new"), SD_OK);
	assert_both_have(pool, "new");
	assert_true(fake_entry_of(pool->at_first, KEY)->version > ahead);
	assert_int_equal(fake_entry_of(pool->at_first, KEY)->version,
	                 fake_entry_of(pool->at_second, KEY)->version);
}

/* A server that goes on refusing by the same version has not stored anything. */
static void a_second_refusal_by_the_same_version_is_a_failure(void **state)
{
	struct pool *pool = *state;

	put_both(pool, "data", 5);
	assert_begins(&pool->us, SD_OK, "data");
	pool->at_first->is_stubborn = pool->at_second->is_stubborn = true;
	assert_int_equal(write_value(&pool->us, "new"), SD_REFUSED);
	assert_text_has(&pool->us.error, "refuses a newer one");
	assert_both_have(pool, "data");
}

static void what_is_larger_than_any_request_is_not_sent(void **state)
{
	static char byte;
	struct pool *pool = *state;
	struct sd_bytes huge = {&byte, SD_CLASSIC_REQUEST_MAX};

	assert_int_equal(begin(&pool->us), SD_ABSENT);
	fake_forget(&pool->us.network);
	assert_int_equal(sd_session_write(&pool->us.session, huge, TTL_S, &pool->us.error),
	                 SD_TOO_LARGE);
	assert_asked_no_more(&pool->us, 0, 0);
	assert_text_has(&pool->us.error, "33554432 bytes");
	assert_int_equal(pool->us.session.lock.holders, 2);
}

/* }}} */

/* {{{ touching and deleting */

static void a_touch_prolongs_on_both_and_writes_nothing(void **state)
{
	struct pool *pool = *state;

	put_both(pool, "data", 5);
	assert_begins(&pool->us, SD_OK, "data");
	assert_int_equal(touch(&pool->us, "data"), SD_OK);
	assert_asked_no_more(&pool->us, 4, 1);
	assert_int_equal(fake_entry_of(pool->at_first, KEY)->version, 5);
	assert_in_range(fake_entry_of(pool->at_first, KEY)->expires_ms,
	                pool->clock_ms + TTL_S * SECOND_MS - 10, pool->clock_ms + TTL_S * SECOND_MS);
	assert_int_equal(fake_entry_of(pool->at_first, KEY)->expires_ms,
	                 fake_entry_of(pool->at_second, KEY)->expires_ms);
	assert_free(pool);
}

static void what_a_touch_does_not_find_is_stored_again_as_it_was(void **state)
{
	struct pool *pool = *state;

	put_both(pool, "data", 5);
	assert_begins(&pool->us, SD_OK, "data");
	fake_evict(pool->at_second, KEY);
	assert_int_equal(touch(&pool->us, "data"), SD_OK);
	assert_asked(&pool->us, 4, SD_SET, pool->second, 2);
	assert_both_have(pool, "data");
	assert_int_equal(fake_entry_of(pool->at_second, KEY)->version, 5);

	assert_begins(&pool->us, SD_OK, "data");
	fake_evict(pool->at_first, KEY);
	fake_evict(pool->at_second, KEY);
	assert_int_equal(touch(&pool->us, "data"), SD_OK);
	assert_both_have(pool, "data");
}

static void a_touch_of_what_was_deleted_meanwhile_leaves_it_deleted(void **state)
{
	struct pool *pool = *state;

	put_both(pool, "data", 5);
	assert_begins(&pool->us, SD_OK, "data");
	fake_put_tombstone(pool->at_first, KEY, 6);
	fake_put_tombstone(pool->at_second, KEY, 6);
	assert_int_equal(touch(&pool->us, "data"), SD_OK);
	assert_asked_no_more(&pool->us, 4, 1);
	assert_both_have(pool, NULL);
}

static void what_is_stored_again_replaces_nothing(void **state)
{
	struct pool *pool = *state;

	pool->us.policy.pool.redundancy = false;
	put_both(pool, "data", 5);
	assert_begins(&pool->us, SD_OK, "data");
	fake_evict(pool->at_first, KEY);
	assert_int_equal(touch(&pool->us, "data"), SD_OK);
	assert_int_equal(pool->us.network.asked[2].condition, SD_IF_SEEN);
	assert_int_equal(pool->us.network.asked[2].seen, 0);
	assert_has(pool->at_first, "data");
}

static void a_session_that_was_not_there_is_stored_by_its_first_touch(void **state)
{
	struct pool *pool = *state;

	assert_begins(&pool->us, SD_ABSENT, "");
	assert_int_equal(touch(&pool->us, ""), SD_OK);
	assert_asked_no_more(&pool->us, 4, 1);
	assert_both_have(pool, "");
}

static void a_touch_needs_no_lock(void **state)
{
	struct pool *pool = *state;

	put_both(pool, "data", 5);
	assert_begins(&pool->us, SD_OK, "data");
	fake_restart(pool->at_first);
	fake_restart(pool->at_second);
	assert_int_equal(touch(&pool->us, "data"), SD_OK);
}

static void a_delete_leaves_tombstones_and_gives_the_lock_back(void **state)
{
	struct pool *pool = *state;

	put_both(pool, "data", 5);
	assert_begins(&pool->us, SD_OK, "data");
	assert_int_equal(destroy(&pool->us), SD_OK);
	assert_asked_no_more(&pool->us, 4, 1);
	assert_true(fake_entry_of(pool->at_first, KEY)->is_tombstone);
	assert_true(fake_entry_of(pool->at_second, KEY)->is_tombstone);
	assert_int_equal(pool->us.network.asked[0].ttl, TTL_S);
	assert_free(pool);
	assert_begins(&pool->us, SD_ABSENT, "");
	assert_int_equal(destroy(&pool->us), SD_OK); /* of none, too */
}

/* }}} */

/* {{{ other servers */

static void classic_servers_are_read_and_written_without_locks(void **state)
{
	struct pool *pool = *state;

	use_kinds(pool, FAKE_CLASSIC, FAKE_CLASSIC);
	put_both(pool, "data", 5);
	assert_begins(&pool->us, SD_OK, "data");
	assert_int_equal(pool->us.session.hold, SD_SESSION_LOCKLESS);
	assert_int_equal(write_value(&pool->us, "new"), SD_OK);
	assert_both_have(pool, "new");
	assert_begins(&pool->us, SD_OK, "new");
	assert_int_equal(touch(&pool->us, "new"), SD_OK);
	assert_int_equal(destroy(&pool->us), SD_OK);
	assert_both_have(pool, NULL);
	assert_begins(&pool->us, SD_ABSENT, "");
}

static void a_dead_classic_server_is_a_failure(void **state)
{
	struct pool *pool = *state;

	pool->us.policy.pool.redundancy = false;
	fake_refuses(&pool->us.network, pool->first, 1);
	assert_int_equal(begin(&pool->us), SD_UNREACHABLE);
}

static void of_a_pair_with_a_classic_one_the_other_has_the_lock(void **state)
{
	struct pool *pool = *state;

	use_kinds(pool, FAKE_CLASSIC, FAKE_SHAREDANCED);
	put_both(pool, "data", 5);
	assert_begins(&pool->us, SD_OK, "data");
	assert_int_equal(pool->us.session.hold, SD_SESSION_LOCKED);
	assert_begins(&pool->them, SD_CONFLICT, "");
	assert_int_equal(write_value(&pool->us, "new"), SD_OK);
	assert_both_have(pool, "new");
}

static void on_memcached_what_is_read_is_read_behind_the_lock(void **state)
{
	struct pool *pool = *state;

	use_kinds(pool, FAKE_MEMCACHED, FAKE_MEMCACHED);
	put_both(pool, "data", 5);
	assert_begins(&pool->us, SD_OK, "data");
	assert_int_equal(pool->us.session.hold, SD_SESSION_LOCKED);
	assert_asked(&pool->us, 4, SD_SET, pool->first, 2); /* the lock */
	assert_asked(&pool->us, 5, SD_GET, pool->first, 3);
	assert_begins(&pool->them, SD_CONFLICT, "");
	assert_begins(&pool->us, SD_OK, "data"); /* again, with the lock that is held all the time */
	for (size_t i = 0; i < pool->us.network.asked_count; i++) {
		assert_int_not_equal(pool->us.network.asked[i].kind, SD_DELETE);
	}
	assert_int_equal(write_value(&pool->us, "new"), SD_OK);
	assert_both_have(pool, "new");
	assert_null(fake_entry_of(pool->at_first, ENTRY));
	assert_null(fake_entry_of(pool->at_second, ENTRY));
	assert_begins(&pool->them, SD_OK, "new");
}

static void end_theirs_in_time(struct fake_transport *fake, void *context)
{
	struct pool *pool = context;

	(void)fake;
	if (pool->clock_ms >= 1000000 + 3 * pool->options.timeout_ms) {
		(void)end(&pool->them);
	}
}

static void on_memcached_too_the_wait_for_a_lock_is_no_time_of_the_operation(void **state)
{
	struct pool *pool = *state;

	use_kinds(pool, FAKE_MEMCACHED, FAKE_MEMCACHED);
	put_both(pool, "data", 5);
	assert_begins(&pool->them, SD_OK, "data");
	pool->us.network.meanwhile = end_theirs_in_time;
	pool->us.network.context = pool;
	pool->us.rules.wait_ms = 4 * pool->options.timeout_ms;
	assert_begins(&pool->us, SD_OK, "data");
	assert_int_equal(pool->us.session.lock.holders, 2);
	assert_true(pool->clock_ms >= 1000000 + 3 * pool->options.timeout_ms);
}

static void on_memcached_a_write_is_held_against_what_was_read(void **state)
{
	struct pool *pool = *state;

	use_kinds(pool, FAKE_MEMCACHED, FAKE_MEMCACHED);
	put_both(pool, "data", 5);
	assert_begins(&pool->us, SD_OK, "data");
	pool->clock_ms += (LEASE + 1) * SECOND_MS;
	assert_begins(&pool->them, SD_OK, "data");
	assert_int_equal(write_value(&pool->them, "theirs"), SD_OK);
	assert_int_equal(write_value(&pool->us, "ours"), SD_CONFLICT);
	assert_text_has(&pool->us.error, "the lock was lost");
	assert_both_have(pool, "theirs");
}

static void on_memcached_a_new_session_is_stored_only_over_nothing(void **state)
{
	struct pool *pool = *state;

	use_kinds(pool, FAKE_MEMCACHED, FAKE_OLD_MEMCACHED);
	assert_begins(&pool->us, SD_ABSENT, "");
	assert_int_equal(write_value(&pool->us, "new"), SD_OK);
	assert_both_have(pool, "new");
	assert_begins(&pool->us, SD_OK, "new");
	assert_int_equal(touch(&pool->us, "new"), SD_OK);
	assert_begins(&pool->us, SD_OK, "new");
	assert_int_equal(destroy(&pool->us), SD_OK);
	assert_both_have(pool, NULL);

	assert_begins(&pool->us, SD_ABSENT, "");
	put_both(pool, "theirs", 9);
	assert_int_equal(write_value(&pool->us, "ours"), SD_CONFLICT);
	assert_both_have(pool, "theirs");
}

/* }}} */

/* One worker has read what is far ahead of any clock; whoever writes next is believed. */
static void a_session_goes_on_and_ends_over_what_is_far_ahead(void **state)
{
	struct pool *pool = *state;

	for (int where = 1; where < 4; where++) {
		for (int ends = 0; ends < 3; ends++) {
			fake_wipe(pool->at_first);
			fake_wipe(pool->at_second);
			pool->at_first->tells_time = pool->at_second->tells_time = true;
			put_both(pool, "good", 100);
			for (int i = 0; i < 2; i++) {
				if (where & (i + 1)) {
					fake_put(i ? pool->at_second : pool->at_first, KEY, "poison", INT64_MAX);
				}
			}
			assert_int_equal(begin(&pool->them), SD_OK);
			assert_int_equal(sd_session_end(&pool->them.session, &pool->them.error), SD_OK);
			assert_int_equal(begin(&pool->us), SD_OK);
			if (ends == 2) { /* it has expired meanwhile, and is stored again */
				fake_evict(pool->at_first, KEY);
				fake_evict(pool->at_second, KEY);
			}
			assert_int_equal(
				ends == 1 ? sd_session_destroy(&pool->us.session, TTL_S, &pool->us.error)
				: ends == 2
					? sd_session_touch(&pool->us.session, bytes_of("mine"), TTL_S, &pool->us.error)
					: sd_session_write(&pool->us.session, bytes_of("mine"), TTL_S, &pool->us.error),
				SD_OK);
			assert_int_equal(begin(&pool->them), ends == 1 ? SD_ABSENT : SD_OK);
			if (ends != 1) {
				assert_string_equal(pool->them.kept.bytes, "mine");
			}
			(void)sd_session_end(&pool->them.session, &pool->them.error);
			for (int i = 0; i < 2; i++) {
				assert_in_range(fake_entry_of(i ? pool->at_second : pool->at_first, KEY)->version,
				                100, 2 * pool->clock_ms * 1000);
			}
		}
	}
}

static void the_longest_key_is_that_of_a_lock(void **state)
{
	struct pool *pool = *state;
	char text[SD_LOCK_KEY_MAX + 1];
	struct sd_session session;

	memset(text, 'k', sizeof(text));
	assert_int_equal(sd_session_init(&session, &pool->us.policy,
	                                 (struct sd_bytes){text, SD_LOCK_KEY_MAX}, &pool->us.error),
	                 SD_OK);
	assert_int_equal(sd_session_init(&session, &pool->us.policy,
	                                 (struct sd_bytes){text, sizeof(text)}, &pool->us.error),
	                 SD_BAD_KEY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lock_and_read_are_one_round_trip_to_both),
		TEST(without_redundancy_they_are_one_in_all),
		TEST(what_is_not_there_is_absent_and_locked),
		TEST(a_lock_of_somebody_else_is_waited_for_and_nothing_is_read_without_it),
		TEST(the_wait_for_a_lock_is_no_time_of_the_operation),
		TEST(without_the_lock_the_newest_can_be_read_anyway),
		TEST(refused_by_the_second_the_first_is_given_back),
		TEST(the_newest_is_read_and_the_older_repaired_under_the_lock),
		TEST(both_are_compared_whatever_the_read_policy),
		TEST(the_second_is_fetched_from_where_the_first_is_down),
		TEST(the_second_is_fetched_from_at_once_where_the_first_is_known_to_be_dead),
		TEST(who_waits_for_the_first_does_not_hold_the_second),
		TEST(who_waits_for_the_second_holds_the_first),
		TEST(if_the_second_is_lost_during_the_wait_the_first_is_read_again),
		TEST(what_others_were_writing_then_is_not_written_over),
		TEST(it_is_read_again_if_the_second_has_taken_all_time),
		TEST(begun_again_with_both_it_is_written_over_what_has_no_lock_again),
		TEST(begun_again_without_locks_the_last_writer_wins),
		TEST(a_first_that_never_answers_leaves_the_second_its_time),
		TEST(a_second_that_never_answers_leaves_the_first_its_time),
		TEST(what_is_behind_the_lock_has_the_locks_wait_too),
		TEST(a_lock_and_what_is_beside_it_have_the_same_time),
		TEST(an_outage_is_never_a_session_without_data),
		TEST(an_absence_that_is_proven_too_early_is_not_believed),
		TEST(an_absence_that_is_proven_all_the_same_is_read_once_more),
		TEST(what_is_certain_without_that_is_believed),
		TEST(an_absence_that_is_not_proven_is_a_failure),
		TEST(an_id_of_this_request_begins_where_the_other_server_is_away),
		TEST(an_id_of_this_request_needs_one_server),
		TEST(a_value_that_breaks_off_is_read_anew_from_the_second),
		TEST(begun_again_it_is_locked_and_read_again),
		TEST(begun_again_it_waits_for_the_first_without_holding_the_second),
		TEST(begun_again_and_refused_it_holds_nothing),
		TEST(without_locks_it_is_read_as_the_policy_says),
		TEST(without_locks_an_outage_is_no_session_without_data_either),
		TEST(with_and_without_redundancy_and_locks_the_version_is_told),
		TEST(ended_without_a_write_both_are_given_back_at_once),
		TEST(without_servers_it_cannot_begin),
		TEST(write_and_unlock_are_one_round_trip_to_both),
		TEST(a_write_whose_lock_was_lost_is_refused_if_somebody_wrote),
		TEST(a_delete_whose_lock_was_lost_is_refused_if_somebody_wrote),
		TEST(held_on_one_of_two_it_is_ours_still_and_that_one_is_asked_first),
		TEST(a_server_that_was_down_is_written_to_once_the_holder_said_yes),
		TEST(a_write_that_a_read_has_carried_is_not_made_anew),
		TEST(beside_a_server_that_is_known_to_be_dead_write_and_unlock_are_one_round_trip),
		TEST(one_server_that_dies_meanwhile_costs_nothing),
		TEST(where_both_die_meanwhile_both_are_named),
		TEST(a_write_whose_answer_is_lost_is_a_failure),
		TEST(over_what_is_newer_it_is_written_again_with_a_larger_version),
		TEST(a_second_refusal_by_the_same_version_is_a_failure),
		TEST(what_is_larger_than_any_request_is_not_sent),
		TEST(a_touch_prolongs_on_both_and_writes_nothing),
		TEST(what_a_touch_does_not_find_is_stored_again_as_it_was),
		TEST(a_touch_of_what_was_deleted_meanwhile_leaves_it_deleted),
		TEST(what_is_stored_again_replaces_nothing),
		TEST(a_session_that_was_not_there_is_stored_by_its_first_touch),
		TEST(a_touch_needs_no_lock),
		TEST(a_delete_leaves_tombstones_and_gives_the_lock_back),
		TEST(classic_servers_are_read_and_written_without_locks),
		TEST(a_dead_classic_server_is_a_failure),
		TEST(of_a_pair_with_a_classic_one_the_other_has_the_lock),
		TEST(on_memcached_what_is_read_is_read_behind_the_lock),
		TEST(on_memcached_too_the_wait_for_a_lock_is_no_time_of_the_operation),
		TEST(on_memcached_a_write_is_held_against_what_was_read),
		TEST(on_memcached_a_new_session_is_stored_only_over_nothing),
		TEST(the_longest_key_is_that_of_a_lock),
		TEST(a_session_goes_on_and_ends_over_what_is_far_ahead),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
