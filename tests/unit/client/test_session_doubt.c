/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * A session's write happens once: whatever ends the request after a server has performed it, in
 * whatever state the other server is, and whoever writes the session meanwhile. And nobody says
 * that nothing was written if something may have been.
 */

#include <string.h>

#include "tests/unit/client/session_clients.h"

/* {{{ a trial */

/* What befalls a write that the server has performed, and what the server does after that. */
static const struct event {
	const char *name;
	enum fake_act befalls;
	enum fake_act then;
} events[] = {
	{"is given up", FAKE_IS_GIVEN_UP, FAKE_ANSWERS},
	{"is given up, and the server refuses", FAKE_IS_GIVEN_UP, FAKE_REFUSES},
	{"is never answered", FAKE_LOSES_ANSWERS, FAKE_ANSWERS},
	{"is never answered, and the server refuses", FAKE_LOSES_ANSWERS, FAKE_REFUSES},
	{"is cut, and answered", FAKE_IS_CUT, FAKE_ANSWERS},
	{"is cut, and refused", FAKE_IS_CUT, FAKE_REFUSES},
	{"is cut, and meets silence", FAKE_IS_CUT, FAKE_STALLS},
	{"is cut, and cut again", FAKE_IS_CUT, FAKE_LOSES_ANSWERS},
};

/* In which state the other server is. */
enum other { ALONE, UP, REFUSES, AS_THIS, OTHERS };

static struct trial {
	const struct event *event;
	enum other other;
	size_t at; /* which server it befalls */
	bool locks;
	bool deletes;
	bool others_write;
	bool was_unheard;
	bool others_wrote;
	size_t wrong; /* of all trials */
} trial;

static struct fake_store *store_at(struct pool *pool, size_t i)
{
	return i == 0 ? pool->at_first : pool->at_second;
}

/* Both servers are up, but for one that is away. */
static void restore(struct pool *pool, enum other other)
{
	for (size_t i = 0; i < 2; i++) {
		struct fake_store *store = store_at(pool, i);

		store->act = other == REFUSES && i != trial.at ? FAKE_REFUSES : FAKE_ANSWERS;
		store->befalls = FAKE_ANSWERS;
		store->refusing_since_ms = 0;
	}
}

/* Ours was performed, and nobody has heard of it: others see it, and make something of it. */
static void go_on_unheard(struct fake_transport *fake, void *context)
{
	struct pool *pool = context;
	enum sd_status status;

	if (trial.was_unheard || fake->unheard > 0) {
		return;
	}
	trial.was_unheard = true;
	pool->clock_ms += 10;
	restore(pool, trial.other);
	if (trial.event->befalls == FAKE_IS_CUT) { /* the servers notice it */
		fake_cut(&pool->us.network, pool->at_first);
		fake_cut(&pool->us.network, pool->at_second);
		fake_forget_connection(&pool->us.network);
	}
	if (trial.others_write) {
		kept_restart(&pool->them.kept.sink);
		status = begin(&pool->them);
		trial.others_wrote =
			(status == SD_OK || status == SD_ABSENT) && write_value(&pool->them, "theirs") == SD_OK;
	}
	for (size_t i = 0; i < 2; i++) {
		if (i == trial.at || trial.other == AS_THIS) {
			store_at(pool, i)->act = trial.event->then;
			store_at(pool, i)->refusing_since_ms =
				trial.event->befalls == FAKE_IS_GIVEN_UP ? pool->clock_ms : 0;
		}
	}
}

static bool set_the_stage(struct pool *pool)
{
	pool->us.policy.pool.redundancy = pool->them.policy.pool.redundancy = trial.other != ALONE;
	pool->us.rules.locks = pool->them.rules.locks = trial.locks;
	put_both(pool, "data", 100);
	restore(pool, trial.other);
	if (begin(&pool->us) != SD_OK) {
		return false;
	}
	for (size_t i = 0; i < 2; i++) {
		if (i == trial.at || trial.other == AS_THIS) {
			store_at(pool, i)->befalls = trial.event->befalls;
		}
	}
	trial.was_unheard = trial.others_wrote = false;
	pool->us.network.meanwhile_unheard = go_on_unheard;
	pool->us.network.context = pool;
	return true;
}

/* What the next request sees, when the servers are up again. */
static const char *seen_at_last(struct pool *pool)
{
	enum sd_status status;

	restore(pool, UP);
	pool->clock_ms += (LEASE + 1) * SECOND_MS; /* nobody who was cut has the lock for longer */
	kept_restart(&pool->them.kept.sink);
	status = begin(&pool->them);
	assert_false(sd_status_is_failure(status));
	assert_int_not_equal(status, SD_CONFLICT);
	(void)end(&pool->them);
	return status == SD_OK ? pool->them.kept.bytes : "";
}

static void run_trial(void)
{
	void *state;
	struct pool *pool;
	enum sd_status status;
	const char *expected = trial.deletes ? "" : "ours";
	bool is_told;

	(void)open_pool(&state);
	pool = state;
	assert_true(set_the_stage(pool));
	status = trial.deletes ? destroy(&pool->us) : write_value(&pool->us, "ours");
	is_told = status == SD_OK || status == SD_ABSENT ||
	          strstr(pool->us.error.text, "nothing was written") == NULL;
	expected = trial.others_wrote ? "theirs" : expected;
	/* theirs may have come before, from a clock that is ahead */
	is_told &= trial.locks || trial.other == ALONE || !trial.others_wrote ||
	           trial.event->befalls != FAKE_IS_CUT || trial.event->then != FAKE_ANSWERS ||
	           status != SD_OK;
	if (trial.was_unheard && (strcmp(seen_at_last(pool), expected) != 0 || !is_told)) {
		trial.wrong++;
		print_error("%s %s on server %d %s, the other one in state %d: it ends with %d (%s), and "
		            "%s is there instead of %s\n",
		            trial.locks ? "locked" : "unlocked", trial.deletes ? "delete" : "write",
		            (int)trial.at, trial.event->name, (int)trial.other, (int)status,
		            pool->us.error.text, pool->them.kept.bytes, expected);
	}
	(void)close_pool(&state);
}

/* }}} */

static void a_write_happens_once_whatever_befalls_it(void **state)
{
	size_t unheard = 0;
	size_t others = 0;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(events); i++) {
		for (int j = 0; j < OTHERS * 16; j++) {
			trial.event = &events[i];
			trial.other = (enum other)(j / 16);
			trial.at = j & 1;
			trial.locks = (j & 2) != 0;
			trial.deletes = (j & 4) != 0;
			trial.others_write = (j & 8) != 0;
			if (trial.other != ALONE || trial.at == 0) {
				run_trial();
				unheard += trial.was_unheard;
				others += trial.others_wrote;
			}
		}
	}
	assert_int_equal(trial.wrong, 0);
	assert_in_range(unheard, COUNT_OF(events) * OTHERS * 8, SIZE_MAX);
	assert_in_range(others, unheard / 4, SIZE_MAX);
}

/* The answer to the request for the lock is lost, the session continues on the other server, and
 * the first one can be reached again. */
static void a_lock_that_nobody_has_heard_of_is_released_at_the_end(void **state)
{
	for (int how = 0; how < 8; how++) {
		struct fake_store *unheard;
		struct pool *pool;

		(void)open_pool(state);
		pool = *state;
		unheard = (how & 1) == 0 ? pool->at_first : pool->at_second;
		put_both(pool, "data", 100);
		unheard->act = FAKE_IS_GIVEN_UP;
		assert_int_equal(begin(&pool->us), SD_OK);
		assert_true(is_locked(unheard));
		unheard->act = FAKE_ANSWERS;
		if (how != 4) { /* else it is marked until after the end, and asked in spite of that */
			unheard->refusing_since_ms = 0;
		}
		if ((how & 2) != 0) {
			unheard->act = (how & 4) != 0 ? FAKE_STALLS : FAKE_ANSWERS; /* still, once more */
			assert_int_equal(write_value(&pool->us, "ours"), SD_OK);
			unheard->act = FAKE_ANSWERS;
		}
		assert_int_equal(end(&pool->us), SD_OK);
		assert_free(pool);
		unheard->refusing_since_ms = 0;
		pool->them.rules.wait_ms = 0;
		assert_int_equal(begin(&pool->them), SD_OK);
		assert_int_equal(pool->them.session.lock.holders, 2);
		(void)close_pool(state);
	}
}

/* If none of the servers has answered, the time is over, and nobody is asked once more. */
static void one_that_failed_takes_no_longer_for_it(void **state)
{
	struct pool *pool;

	(void)open_pool(state);
	pool = *state;
	pool->at_first->act = pool->at_second->act = FAKE_STALLS;
	assert_int_equal(begin(&pool->us), SD_TIMEOUT);
	for (size_t i = 0; i < pool->us.network.asked_count; i++) {
		assert_int_not_equal(pool->us.network.asked[i].kind, SD_UNLOCK);
	}
	(void)close_pool(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_write_happens_once_whatever_befalls_it),
		cmocka_unit_test(a_lock_that_nobody_has_heard_of_is_released_at_the_end),
		cmocka_unit_test(one_that_failed_takes_no_longer_for_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
