/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * A write happens once: whatever ends a request after a server has performed it, in whatever state
 * the other server is, and whoever writes over it meanwhile.
 */

#include <stdio.h>
#include <string.h>

#include "client/policy/lock.h"
#include "client/transport/meta.h"
#include "tests/unit/client/three_servers.h"

/* {{{ one exchange */

/* What is known by the status alone: nothing was sent, or it was answered, or neither. */
static enum { UNSENT, ANSWERED, OPEN } what_is_known(enum sd_status status)
{
	switch (status) {
	case SD_OK:
	case SD_ABSENT:
	case SD_CONFLICT:
	case SD_REFUSED:
		return ANSWERED;
	case SD_UNSUPPORTED:
	case SD_BAD_KEY:
	case SD_TOO_LARGE:
	case SD_UNREACHABLE:
		return UNSENT;
	default:
		return OPEN;
	}
}

static void an_exchange_is_in_doubt_if_it_was_sent_and_not_answered(void **state)
{
	struct pool *pool = *state;

	for (int status = SD_OK; status <= SD_ABORTED; status++) {
		bool is_open = what_is_known(status) == OPEN;
		bool is_done = status == SD_OK || status == SD_ABSENT;
		struct sd_exchange exchange = {.server = pool->first, .reply.status = status};

		assert_false(sd_exchange_is_in_doubt(&exchange));
		exchange.was_sent = true;
		assert_int_equal(sd_exchange_is_in_doubt(&exchange), is_open);
		exchange.repeated = true; /* the answer to the second one says nothing of the first */
		assert_int_equal(sd_exchange_is_in_doubt(&exchange), !is_done);
		sd_exchange_init(&exchange);
		exchange.reply.status = status;
		pool->first->transport = &pool->own.transport; /* it does not tell */
		assert_int_equal(sd_exchange_is_in_doubt(&exchange), is_open);
		pool->first->transport = NULL;
	}
}

/* }}} */

/* {{{ each operation, state and event */

/* Our operation, on an entry that both servers have as "7". */
static enum sd_status change(struct pool *pool, const struct sd_change *change, const char *text)
{
	struct sd_bytes data = {text, text != NULL ? strlen(text) : 0};
	struct sd_entry *entry = about(pool, data, text == NULL ? &pool->kept.sink : NULL);

	return sd_change_entry(&pool->policy, entry, change, &pool->error);
}

static enum sd_status add(struct pool *pool)
{
	return change(pool, &(struct sd_change){.kind = SD_ADD}, "the value");
}

static enum sd_status replace(struct pool *pool)
{
	return change(pool, &(struct sd_change){.kind = SD_REPLACE}, "the value");
}

static enum sd_status cas(struct pool *pool)
{
	return change(pool, &(struct sd_change){.kind = SD_CAS, .version = OLD}, "the value");
}

static enum sd_status increment(struct pool *pool)
{
	return change(pool, &(struct sd_change){.kind = SD_ADJUST, .delta = 1}, NULL);
}

static const struct operation {
	const char *name;
	enum sd_status (*run)(struct pool *pool);
	const char *makes; /* NULL: it deletes */
	bool is_add;       /* there is nothing before */
} operations[] = {
	{"set", do_set, "the value", false}, {"delete", do_delete, NULL, false},
	{"add", add, "the value", true},     {"replace", replace, "the value", false},
	{"cas", cas, "the value", false},    {"increment", increment, "8", false},
};

/* What befalls a request that the server has performed, and what the server does after that. */
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
	{"is cut, and meets a mark", FAKE_IS_CUT, FAKE_IS_MARKED},
	{"is cut, and cut again", FAKE_IS_CUT, FAKE_LOSES_ANSWERS},
	{"is cut, and given up", FAKE_IS_CUT, FAKE_IS_GIVEN_UP},
};

/* In which state the other server is. */
enum other {
	ALONE, /* there is none */
	UP,
	UP_FOR_US, /* others have it marked dead */
	REFUSES,
	MARKED,  /* because it refused; it is back */
	AS_THIS, /* the same befalls it */
	OTHERS,
};

/* One trial. */
static struct trial {
	const struct operation *operation;
	const struct event *event;
	enum other other;
	size_t at; /* which server it befalls */
	enum fake_kind kind;
	bool others_write;
	bool is_late; /* they do so when all requests have come to their servers */
	bool was_unheard;
	bool others_wrote;
	size_t wrong; /* of all trials */
} trial;

static struct fake_store *store_at(struct pool *pool, size_t i)
{
	return i == 0 ? pool->at_first : pool->at_second;
}

static void restore(struct pool *pool)
{
	for (size_t i = 0; i < SERVERS; i++) {
		pool->stores[i].act = pool->stores[i].befalls = FAKE_ANSWERS;
		pool->stores[i].refusing_since_ms = 0;
		fake_is(&pool->others_network, &pool->servers[i], &pool->stores[i]);
	}
}

/* Others see ours, and write over it on all servers that they reach. */
static void let_others_write(struct pool *pool)
{
	struct fake_store as_they_were[SERVERS];

	for (size_t i = 0; i < SERVERS; i++) {
		as_they_were[i] = pool->stores[i];
		pool->stores[i].befalls = FAKE_ANSWERS;
		if (trial.other != REFUSES || &pool->stores[i] == store_at(pool, trial.at)) {
			pool->stores[i].act = FAKE_ANSWERS;
			pool->stores[i].refusing_since_ms = 0;
		}
	}
	trial.others_wrote = others_write(pool, "100") == SD_OK;
	for (size_t i = 0; i < SERVERS; i++) {
		pool->stores[i].befalls = as_they_were[i].befalls;
		pool->stores[i].act = as_they_were[i].act;
		pool->stores[i].refusing_since_ms = as_they_were[i].refusing_since_ms;
	}
}

/* Ours was performed, and nobody has heard of it. */
static void go_on_unheard(struct fake_transport *fake, void *context)
{
	struct pool *pool = context;

	if (trial.was_unheard || (trial.is_late && fake->unheard > 0)) {
		return;
	}
	trial.was_unheard = true;
	pool->clock_ms += 10;
	if (trial.others_write) {
		let_others_write(pool);
	}
	store_at(pool, trial.at)->act = trial.event->then;
	if (trial.other == AS_THIS) {
		store_at(pool, 1 - trial.at)->act = trial.event->then;
	}
}

static void set_the_stage(struct pool *pool)
{
	struct fake_store *store = store_at(pool, trial.at);
	struct fake_store *other = store_at(pool, 1 - trial.at);

	use_kind(pool, trial.kind);
	kept_restart(&pool->kept.sink);
	restore(pool);
	fake_forget(&pool->others_network);
	pool->policy.pool.redundancy = pool->others_policy.pool.redundancy = trial.other != ALONE;
	if (!trial.operation->is_add) {
		fake_put(pool->at_first, KEY, "7", OLD);
		fake_put(pool->at_second, KEY, "7", OLD);
	}
	store->befalls = trial.event->befalls;
	if (trial.other == UP_FOR_US) {
		fake_is_marked(&pool->others_network, trial.at == 0 ? pool->second : pool->first);
	} else if (trial.other == REFUSES) {
		other->act = FAKE_REFUSES;
	} else if (trial.other == MARKED) {
		other->refusing_since_ms = pool->clock_ms;
	} else if (trial.other == AS_THIS) {
		other->befalls = store->befalls;
	}
	trial.was_unheard = trial.others_wrote = false;
	pool->network.meanwhile_unheard = go_on_unheard;
	pool->network.context = pool;
}

/* What all see once all servers are up again. */
static const char *seen_at_last(struct pool *pool)
{
	restore(pool);
	pool->network.meanwhile_unheard = NULL;
	kept_restart(&pool->kept.sink);
	return do_get(pool) == SD_OK ? pool->kept.bytes : NULL;
}

static bool is_same(const char *one, const char *other)
{
	return one == NULL || other == NULL ? one == other : strcmp(one, other) == 0;
}

/* What is repeated, and found done, is told as done. */
static bool has_failed_for_nothing(enum sd_status status)
{
	bool is_repeatable = trial.operation->run == do_set || trial.operation->run == do_delete;

	return is_repeatable && trial.other != ALONE && !trial.others_wrote && status != SD_OK &&
	       trial.event->befalls == FAKE_IS_CUT && trial.event->then == FAKE_ANSWERS;
}

static void run_trial(struct pool *pool)
{
	enum sd_status status;
	const char *expected;
	const char *seen;

	set_the_stage(pool);
	status = trial.operation->run(pool);
	seen = seen_at_last(pool);
	expected = trial.others_wrote ? "100" : trial.operation->makes;
	if (trial.was_unheard && (!is_same(seen, expected) || has_failed_for_nothing(status))) {
		trial.wrong++;
		print_error("%s on a server of kind %d%s %s, the other one in state %d: it ends with %d "
		            "(%s%s), and %s "
		            "is there instead of %s\n",
		            trial.operation->name, (int)trial.kind, trial.at == 0 ? "" : " (the second)",
		            trial.event->name, (int)trial.other, (int)status,
		            trial.others_write ? "others" : "", trial.is_late ? " late" : "", seen,
		            expected);
	}
}

static void a_write_happens_once_whatever_befalls_it(void **state)
{
	struct pool *pool = *state;
	size_t unheard = 0;
	size_t others = 0;

	for (size_t i = 0; i < COUNT_OF(operations); i++) {
		for (size_t j = 0; j < COUNT_OF(events); j++) {
			for (int k = 0; k < OTHERS * 16; k++) {
				trial.operation = &operations[i];
				trial.event = &events[j];
				trial.other = (enum other)(k / 16);
				trial.at = k & 1;
				trial.others_write = (k & 2) != 0;
				trial.is_late = (k & 8) != 0;
				trial.kind = (k & 4) != 0 ? FAKE_MEMCACHED : FAKE_SHAREDANCED;
				if (trial.other == ALONE && trial.at == 1) {
					continue;
				}
				run_trial(pool);
				unheard += trial.was_unheard;
				others += trial.others_wrote;
			}
		}
	}
	assert_int_equal(trial.wrong, 0);
	assert_in_range(unheard, COUNT_OF(operations) * COUNT_OF(events) * OTHERS * 8, SIZE_MAX);
	assert_in_range(others, unheard / 4, SIZE_MAX);
}

/* }}} */

/* {{{ what is remembered, and what is lost */

/* Whatever a server says of what it is asked next. */
static void a_doubt_stays_until_the_operation_begins_anew(void **state)
{
	static const enum sd_status later[] = {SD_OK, SD_CONFLICT, SD_REFUSED, SD_UNREACHABLE, SD_DEAD};
	struct pool *pool = *state;
	struct sd_entry *entry = about(pool, no_bytes, NULL);

	for (size_t i = 0; i < COUNT_OF(later); i++) {
		assert_int_equal(sd_operation_begin(&pool->policy, entry, 1, pool->clock_ms, &pool->error),
		                 SD_OK);
		assert_false(sd_operation_is_in_doubt(entry));
		fake_answers(&pool->network, pool->first, SD_CLOSED, 1);
		(void)sd_operation_prepare(entry, 0, SD_EXISTS, 0);
		(void)sd_operation_perform(&pool->policy, entry, 1, pool->clock_ms);
		assert_false(sd_operation_is_in_doubt(entry)); /* a read */
		sd_operation_prepare(entry, 0, SD_SET, 0)->request.is_repair = true;
		(void)sd_operation_perform(&pool->policy, entry, 1, pool->clock_ms);
		assert_false(sd_operation_is_in_doubt(entry)); /* a repair */
		(void)sd_operation_prepare(entry, 0, SD_SET, 0);
		(void)sd_operation_perform(&pool->policy, entry, 1, pool->clock_ms);
		assert_true(sd_operation_is_in_doubt(entry));
		fake_answers(&pool->network, pool->first, later[i], 1);
		(void)sd_operation_prepare(entry, 0, SD_SET, 0);
		(void)sd_operation_perform(&pool->policy, entry, 1, pool->clock_ms);
		assert_true(sd_operation_is_in_doubt(entry));
	}
}

/* A plain delete of memcached leaves nothing: ours was there, and is gone for good. */
static void evict_ours(struct fake_transport *fake, void *context)
{
	struct pool *pool = context;

	if (fake->unheard == 0) {
		fake_evict(pool->at_first, KEY);
		fake_evict(pool->at_second, KEY);
	}
}

static void what_others_deleted_without_a_trace_is_not_written_again(void **state)
{
	struct pool *pool = *state;

	use_kind(pool, FAKE_MEMCACHED);
	fake_put(pool->at_first, KEY, "7", OLD);
	fake_put(pool->at_second, KEY, "7", OLD);
	pool->at_first->befalls = pool->at_second->befalls = FAKE_IS_CUT;
	pool->network.meanwhile_unheard = evict_ours;
	pool->network.context = pool;
	assert_int_equal(do_set(pool), SD_CLOSED);
	assert_text_has(&pool->error, "done before that, or not at all");
	assert_nothing(pool->at_first);
	assert_nothing(pool->at_second);
}

/* The server that decided loses the decision, before it is confirmed there. */
static void wipe_first(struct pool *pool)
{
	fake_wipe(pool->at_first);
}

static void a_decision_that_was_lost_is_made_again_only_if_no_server_may_have_it(void **state)
{
	struct pool *pool = *state;

	for (int may_have = 0; may_have < 2; may_have++) {
		use_stores(pool);
		restore(pool);
		fake_put(pool->at_first, KEY, "7", OLD);
		fake_put(pool->at_second, KEY, "7", OLD);
		if (may_have) {
			pool->at_second->befalls = FAKE_LOSES_ANSWERS;
		} else {
			pool->at_second->is_full = true; /* it refuses the decision */
		}
		interrupt(pool, 4, wipe_first);
		assert_int_equal(do_adjust(pool), may_have ? SD_CLOSED : SD_OK);
		pool->network.meanwhile = NULL;
		pool->at_second->is_full = false;
		assert_string_equal(fake_entry_of(pool->at_second, KEY)->value, may_have ? "8" : "7");
		assert_true(may_have || is_same(fake_entry_of(pool->at_first, KEY)->value, "8"));
	}
}

/* }}} */

/* {{{ a lock that is waited for */

/* Takes the lock on the key's servers, of which the first does that, and waits for it if need be.
 */
static enum sd_status wait_for_lock(struct pool *pool, enum fake_act act, int64_t wait_ms)
{
	struct sd_entry *entry = about(pool, no_bytes, NULL);
	struct sd_lock_terms terms = {.lease_s = 30, .until_ms = pool->clock_ms + wait_ms};
	struct sd_lock lock;

	use_stores(pool);
	pool->at_first->act = act;
	assert_int_equal(sd_operation_begin(&pool->policy, entry, 1, pool->clock_ms, &pool->error),
	                 SD_OK);
	assert_int_equal(sd_lock_init(&lock, key, &pool->error), SD_OK);
	return sd_lock_acquire(&pool->policy, &lock, entry, &terms, pool->clock_ms + SERVER_TIMEOUT_MS,
	                       &pool->error);
}

static void who_was_not_told_of_a_lock_gives_it_back(void **state)
{
	static const struct {
		enum fake_act act;
		int64_t wait_ms;
		unsigned gives_back;
	} trials[] = {
		{FAKE_STALLS, SECOND_MS, 1},
		{FAKE_IS_GIVEN_UP, SECOND_MS, 1},   /* in spite of the mark */
		{FAKE_LOSES_ANSWERS, SECOND_MS, 0}, /* the server noticed the end of the connection */
		{FAKE_REFUSES, SECOND_MS, 0},
		{FAKE_IS_MARKED, SECOND_MS, 0},
		{FAKE_ANSWERS, SECOND_MS, 0},
		{FAKE_IS_GIVEN_UP, 0, 0},
	};
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(trials); i++) {
		assert_int_equal(wait_for_lock(pool, trials[i].act, trials[i].wait_ms), SD_OK);
		assert_int_equal(times_asked(&pool->network, SD_UNLOCK), trials[i].gives_back);
		for (size_t j = 0; j < pool->network.asked_count; j++) {
			if (pool->network.asked[j].kind == SD_UNLOCK) {
				assert_ptr_equal(pool->network.asked[j].server, pool->first);
				assert_true(pool->network.asked[j].insists);
				assert_true(pool->network.asked[j].holder != 0);
			}
		}
	}
}

/* }}} */

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_exchange_is_in_doubt_if_it_was_sent_and_not_answered),
		TEST(a_write_happens_once_whatever_befalls_it),
		TEST(a_doubt_stays_until_the_operation_begins_anew),
		TEST(what_others_deleted_without_a_trace_is_not_written_again),
		TEST(a_decision_that_was_lost_is_made_again_only_if_no_server_may_have_it),
		TEST(who_was_not_told_of_a_lock_gives_it_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
