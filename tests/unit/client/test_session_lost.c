/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Sessions whose lock was lost: each way to lose it, on each kind of servers, with each thing that
 * others may have done meanwhile. And who has to wait for room to wait, and who is a child.
 */

#include <stdio.h>
#include <string.h>

#include "tests/unit/client/session_clients.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define OLD 5 /* the version of what was read */

/* {{{ the table */

/* How the lock is lost on all servers of the session. */
enum loss {
	BY_CUT,       /* a proxy closes the connections, and the servers notice */
	BY_OBLIVION,  /* a firewall forgets them: the servers do not notice, and the lock is still there
	               */
	BY_LEASE,     /* its lease ends */
	BY_RESTARTS,  /* the servers are restarted in turn */
	BY_ONE_AWAY,  /* the first is away, and the other one's connection is cut */
	BY_AWAY_THEN, /* the first was away as the session began, and is back as it was; the second's is
	                 cut */
	LOSSES,
};

/* What others do then. */
enum others {
	NOTHING,
	WRITE,
	WRITE_WITHOUT_LOCK,
	DELETE,
	HOLD,            /* they have read it, and write after us */
	WRITE_AS_WE_ASK, /* they have read it, and write while we wait */
	OTHERS,
};

static const char *const losses[] = {"cut",      "oblivion", "lease",
                                     "restarts", "one away", "away then"};
static const char *const deeds[] = {"nothing", "write", "write without lock",
                                    "delete",  "hold",  "write as we ask"};

struct row {
	bool redundancy;
	enum fake_kind first;
	enum fake_kind second;
	bool was_there; /* when it was read */
	bool deletes;   /* instead of writing */
	enum loss loss;
	enum others others;
};

static void explain(const struct row *row)
{
	print_message("%s, kinds %d and %d, %s, %s, lost by %s, others: %s\n",
	              row->redundancy ? "two servers" : "one server", row->first, row->second,
	              row->was_there ? "there" : "absent", row->deletes ? "delete" : "write",
	              losses[row->loss], deeds[row->others]);
}

#define CHECK(row, condition)                                                                      \
	do {                                                                                           \
		if (!(condition)) {                                                                        \
			explain(row);                                                                          \
			fail_msg("%s", #condition);                                                            \
		}                                                                                          \
	} while (0)

static bool has_entries(const struct row *row)
{
	return row->first != FAKE_SHAREDANCED || (row->redundancy && row->second != FAKE_SHAREDANCED);
}

/* Memcached's locks have no connection, and an old one's delete leaves nothing. */
static bool makes_sense(const struct row *row)
{
	if (has_entries(row) && row->loss != BY_LEASE) {
		return false;
	}
	if (!row->redundancy && (row->loss == BY_ONE_AWAY || row->loss == BY_AWAY_THEN)) {
		return false;
	}
	if (row->loss == BY_OBLIVION && row->others >= HOLD) {
		return false; /* the lock is still ours: nobody else can have it */
	}
	if (row->loss == BY_OBLIVION && (row->others == WRITE || row->others == DELETE)) {
		return false;
	}
	return row->was_there || row->others != DELETE;
}

static void lose(struct pool *pool, const struct row *row)
{
	switch (row->loss) {
	case BY_CUT:
		fake_cut(&pool->us.network, pool->at_first);
		fake_cut(&pool->us.network, pool->at_second);
		pool->us.network.connection += 10;
		break;
	case BY_OBLIVION:
		fake_forget_connection(&pool->us.network);
		break;
	case BY_LEASE:
		pool->clock_ms += (LEASE + 1) * SECOND_MS;
		break;
	case BY_RESTARTS:
		fake_restart(pool->at_first);
		fake_restart(pool->at_second);
		break;
	case BY_ONE_AWAY:
		fake_cut(&pool->us.network, pool->at_second);
		pool->at_first->act = FAKE_REFUSES;
		break;
	case BY_AWAY_THEN:
		fake_cut(&pool->us.network, pool->at_second);
		pool->at_first->act = FAKE_ANSWERS;
		break;
	case LOSSES:
		break;
	}
}

static void they_write(struct fake_transport *fake, void *context)
{
	struct pool *pool = context;

	if (fake->rounds == 2) {
		assert_int_equal(write_value(&pool->them, "theirs"), SD_OK);
	}
}

static void let_others(struct pool *pool, const struct row *row)
{
	enum sd_status found = row->was_there ? SD_OK : SD_ABSENT;

	kept_restart(&pool->them.kept.sink);
	switch (row->others) {
	case NOTHING:
	case OTHERS:
		break;
	case WRITE:
		CHECK(row, begin(&pool->them) == found);
		CHECK(row, write_value(&pool->them, "theirs") == SD_OK);
		break;
	case WRITE_WITHOUT_LOCK:
		pool->them.rules.locks = false;
		CHECK(row, begin(&pool->them) == found);
		CHECK(row, write_value(&pool->them, "theirs") == SD_OK);
		break;
	case DELETE:
		CHECK(row, begin(&pool->them) == found);
		CHECK(row, destroy(&pool->them) == SD_OK);
		break;
	case HOLD:
	case WRITE_AS_WE_ASK:
		CHECK(row, begin(&pool->them) == found);
		break;
	}
	if (row->others == WRITE_AS_WE_ASK) {
		pool->us.network.meanwhile = they_write;
		pool->us.network.context = pool;
	}
}

static struct fake_store *left_store(struct pool *pool, const struct row *row)
{
	return row->loss == BY_ONE_AWAY ? pool->at_second : pool->at_first;
}

static void check_stored(struct pool *pool, const struct row *row, enum sd_status status)
{
	const char *value = row->deletes ? NULL : "ours";

	CHECK(row, status == SD_OK);
	CHECK(row, has(left_store(pool, row), value));
	CHECK(row, is_free(left_store(pool, row)));
	if (row->redundancy) {
		CHECK(row, has(pool->at_second, value));
		CHECK(row, is_free(pool->at_second));
	}
}

static void check_refused(struct pool *pool, const struct row *row, enum sd_status status)
{
	const char *before = row->was_there ? "data" : NULL;
	bool holds = row->others == HOLD;

	CHECK(row, status == SD_CONFLICT);
	CHECK(row, pool->us.session.failed == SD_SESSION_LOCKING);
	CHECK(row, strstr(pool->us.error.text, "the lock was lost") != NULL);
	CHECK(row,
	      strstr(pool->us.error.text, holds ? "could not be taken again: the lock was not obtained"
	                                        : "another request has written") != NULL);
	CHECK(row, has(left_store(pool, row), holds                   ? before
	                                      : row->others == DELETE ? NULL
	                                                              : "theirs"));
	if (holds) {
		CHECK(row, write_value(&pool->them, "theirs") == SD_OK);
		CHECK(row, has(left_store(pool, row), "theirs"));
	}
	CHECK(row, is_free(left_store(pool, row)));
}

static void check_row(struct pool *pool, const struct row *row)
{
	enum sd_status status;

	use_kinds(pool, row->first, row->second);
	pool->us.policy.pool.redundancy = pool->them.policy.pool.redundancy = row->redundancy;
	pool->us.rules.wait_ms = SECOND_MS; /* shorter than any lease */
	if (row->was_there) {
		put_both(pool, "data", OLD);
	}
	if (row->loss == BY_AWAY_THEN) {
		pool->at_first->act = FAKE_REFUSES;
	}
	CHECK(row, begin(&pool->us) == (row->was_there ? SD_OK : SD_ABSENT));
	lose(pool, row);
	let_others(pool, row);
	status = row->deletes ? destroy(&pool->us) : write_value(&pool->us, "ours");
	pool->us.network.meanwhile = NULL;
	CHECK(row, pool->us.session.lock.holders == 0);
	if (row->others == NOTHING) {
		check_stored(pool, row, status);
	} else {
		check_refused(pool, row, status);
	}
}

static void
a_write_whose_lock_was_lost_is_stored_if_nobody_wrote_and_refused_if_somebody_did(void **state)
{
	static const enum fake_kind kinds[][2] = {
		{FAKE_SHAREDANCED, FAKE_SHAREDANCED},     {FAKE_MEMCACHED, FAKE_MEMCACHED},
		{FAKE_OLD_MEMCACHED, FAKE_OLD_MEMCACHED}, {FAKE_SHAREDANCED, FAKE_MEMCACHED},
		{FAKE_MEMCACHED, FAKE_SHAREDANCED},
	};
	size_t checked = 0;

	for (size_t i = 0; i < COUNT_OF(kinds) * 8 * LOSSES * OTHERS; i++) {
		size_t rest = i / 8;
		const struct row row = {.redundancy = i & 1,
		                        .was_there = i & 2,
		                        .deletes = i & 4,
		                        .loss = rest % LOSSES,
		                        .others = rest / LOSSES % OTHERS,
		                        .first = kinds[rest / LOSSES / OTHERS][0],
		                        .second = kinds[rest / LOSSES / OTHERS][1]};

		if (!makes_sense(&row)) {
			continue;
		}
		(void)close_pool(state);
		(void)open_pool(state);
		check_row(*state, &row);
		checked++;
	}
	assert_in_range(checked, 200, SIZE_MAX);
}

/* }}} */

/* {{{ what was lost in other ways */

/* Happens before our request of that round, once. */
static unsigned hook_round;
static void (*hook)(struct pool *pool);

static void run_hook(struct fake_transport *fake, void *context)
{
	if (fake->rounds == hook_round) {
		hook(context);
	}
}

static void before_round(struct pool *pool, unsigned round, void (*what)(struct pool *pool))
{
	hook_round = round;
	hook = what;
	pool->us.network.meanwhile = run_hook;
	pool->us.network.context = pool;
}

static void answer_again(struct pool *pool)
{
	pool->at_first->act = pool->at_second->act = FAKE_ANSWERS;
	fake_forget_connection(&pool->us.network);
}

static void begin_with_data(struct pool *pool)
{
	put_both(pool, "data", OLD);
	assert_begins(&pool->us, SD_OK, "data");
}

/* If the clock is behind what both have read, their versions may be equal. */
static void somebody_elses_write_is_not_ours_for_its_version(void **state)
{
	struct pool *pool = *state;

	pool->us.policy.pool.redundancy = pool->them.policy.pool.redundancy = true;
	begin_with_data(pool);
	fake_restart(pool->at_first);
	fake_restart(pool->at_second);
	kept_restart(&pool->them.kept.sink);
	assert_int_equal(begin(&pool->them), SD_OK);
	assert_int_equal(write_value(&pool->them, "theirs"), SD_OK);
	pool->us.network.last_version = fake_entry_of(pool->at_first, KEY)->version - 1;
	pool->us.network.wall_us = -INT64_C(900000000);
	assert_int_equal(write_value(&pool->us, "ours"), SD_CONFLICT);
	assert_non_null(strstr(pool->us.error.text, "another request has written"));
	assert_both_have(pool, "theirs");
}

/* Without a lock the last one to write wins, and there is no lock to lose. */
static void without_a_lock_an_equal_version_is_overwritten(void **state)
{
	struct pool *pool = *state;

	pool->us.policy.pool.redundancy = pool->them.policy.pool.redundancy = true;
	pool->us.rules.locks = pool->them.rules.locks = false;
	begin_with_data(pool);
	kept_restart(&pool->them.kept.sink);
	assert_int_equal(begin(&pool->them), SD_OK);
	assert_int_equal(write_value(&pool->them, "theirs"), SD_OK);
	pool->us.network.last_version = fake_entry_of(pool->at_first, KEY)->version - 1;
	pool->us.network.wall_us = -INT64_C(900000000);
	assert_int_equal(write_value(&pool->us, "ours"), SD_OK);
	assert_both_have(pool, "ours");
}

static void what_no_server_answers_is_asked_once_more_on_new_connections(void **state)
{
	struct pool *pool = *state;

	for (int redundancy = 0; redundancy < 2; redundancy++) {
		pool->us.policy.pool.redundancy = redundancy != 0;
		kept_restart(&pool->us.kept.sink);
		begin_with_data(pool);
		pool->at_first->act = pool->at_second->act = FAKE_STALLS;
		before_round(pool, 2, answer_again);
		assert_int_equal(write_value(&pool->us, "ours"), SD_OK);
		assert_has(pool->at_first, "ours");
		assert_free(pool);
		fake_wipe(pool->at_first);
		fake_wipe(pool->at_second);
	}
}

static void what_was_written_though_nobody_answered_is_not_somebody_elses(void **state)
{
	struct pool *pool = *state;

	for (int on_one = 0; on_one < 2; on_one++) {
		begin_with_data(pool);
		pool->at_first->act = FAKE_LOSES_ANSWERS;
		pool->at_second->act = on_one ? FAKE_STALLS : FAKE_LOSES_ANSWERS;
		before_round(pool, 2, answer_again);
		assert_int_equal(write_value(&pool->us, "ours"), SD_OK);
		assert_both_have(pool, "ours");
		assert_int_equal(fake_entry_of(pool->at_first, KEY)->version,
		                 fake_entry_of(pool->at_second, KEY)->version);
		assert_free(pool);
		kept_restart(&pool->us.kept.sink);
	}
}

static void what_one_server_took_goes_to_the_other_on_a_new_connection_too(void **state)
{
	struct pool *pool = *state;

	for (int done = 0; done < 2; done++) { /* whether the one that was cut had it */
		begin_with_data(pool);
		pool->at_first->act = done ? FAKE_LOSES_ANSWERS : FAKE_ANSWERS;
		if (!done) {
			fake_breaks_off(&pool->us.network, pool->first, "", 1);
		}
		before_round(pool, 2, answer_again);
		assert_int_equal(write_value(&pool->us, "ours"), SD_OK);
		if (done) {
			assert_both_have(pool, "ours");
		}
		assert_asked(&pool->us, 4, SD_SET, pool->first, 2);
		assert_false(pool->us.network.asked[4].held);
		assert_int_equal(pool->us.network.asked[4].condition, SD_IF_NEWER);
		assert_false(is_locked(pool->at_second));
		fake_is(&pool->us.network, pool->first, pool->at_first);
		fake_wipe(pool->at_first);
		fake_wipe(pool->at_second);
		pool->us.network.meanwhile = NULL;
		kept_restart(&pool->us.kept.sink);
	}
}

/* It has no version by which it could be known. */
static void with_one_server_it_is_a_failure_and_nobody_is_blamed(void **state)
{
	struct pool *pool = *state;

	pool->us.policy.pool.redundancy = false;
	begin_with_data(pool);
	pool->at_first->act = FAKE_LOSES_ANSWERS;
	before_round(pool, 2, answer_again);
	assert_int_equal(write_value(&pool->us, "ours"), SD_CLOSED);
	assert_int_equal(pool->us.session.failed, SD_SESSION_WRITING);
	assert_text_has(&pool->us.error, "Connection reset by peer");
	assert_free(pool);
}

/* It may have given the lock, and nobody has heard. To release it takes a tenth of a second at most
 * if it is still silent: every request would wait for that. */
static void a_server_that_is_still_silent_costs_the_end_a_tenth_of_a_second(void **state)
{
	struct pool *pool = *state;
	int64_t before_ms;

	pool->at_second->act = FAKE_STALLS;
	assert_begins(&pool->us, SD_ABSENT, "");
	assert_int_equal(pool->us.session.hold, SD_SESSION_LOCKED);
	before_ms = pool->clock_ms;
	assert_int_equal(end(&pool->us), SD_OK);
	assert_int_equal(pool->us.network.asked[0].kind, SD_UNLOCK);
	assert_ptr_equal(pool->us.network.asked[0].server, pool->second);
	assert_in_range(pool->clock_ms - before_ms, 100, 110);
	assert_false(is_locked(pool->at_first));
}

/* Our write was sent and carried out, and as another worker marks the server, it ends. */
static void lift_the_mark(struct pool *pool)
{
	pool->at_first->refusing_since_ms = 0;
	hook_round++;
}

static void what_another_worker_has_marked_may_have_been_written(void **state)
{
	struct pool *pool = *state;

	pool->us.policy.pool.redundancy = false;
	begin_with_data(pool);
	pool->at_first->befalls = FAKE_IS_GIVEN_UP;
	before_round(pool, 2, lift_the_mark);
	assert_int_equal(write_value(&pool->us, "ours"), SD_DEAD);
	assert_int_equal(pool->us.session.failed, SD_SESSION_CONNECTING);
	assert_has(pool->at_first, "ours");
	assert_free(pool);
}

/* A new session that was not changed: what there is by now is not ours to write over, and nothing
 * is lost. */
static void who_has_changed_nothing_is_not_refused_for_what_others_have_created(void **state)
{
	struct pool *pool = *state;

	for (int i = 0; i < 8; i++) {
		bool is_held = i & 2;

		fake_wipe(pool->at_first);
		fake_wipe(pool->at_second);
		pool->us.policy.pool.redundancy = pool->them.policy.pool.redundancy = (i & 1) != 0;
		use_kinds(pool, i & 4 ? FAKE_MEMCACHED : FAKE_SHAREDANCED,
		          i & 4 ? FAKE_MEMCACHED : FAKE_SHAREDANCED);
		pool->us.rules.wait_ms = 0;
		kept_restart(&pool->us.kept.sink);
		assert_begins(&pool->us, SD_ABSENT, "");
		if (i & 4) {
			pool->clock_ms += (LEASE + 1) * SECOND_MS;
		}
		fake_cut(&pool->us.network, pool->at_first);
		fake_cut(&pool->us.network, pool->at_second);
		kept_restart(&pool->them.kept.sink);
		assert_int_equal(begin(&pool->them), SD_ABSENT);
		if (!is_held) {
			assert_int_equal(write_value(&pool->them, "theirs"), SD_OK);
		}
		assert_int_equal(touch(&pool->us, ""), is_held ? SD_CONFLICT : SD_OK);
		assert_has(pool->at_first, is_held ? NULL : "theirs");
		if (!is_held) {
			assert_free(pool);
			assert_int_equal(write_value(&pool->us, "ours"), SD_CONFLICT);
			assert_has(pool->at_first, "theirs");
		} else {
			assert_int_equal(end(&pool->them), SD_OK);
		}
	}
}

static void cut_again(struct pool *pool)
{
	fake_cut(&pool->us.network, pool->at_first);
	fake_cut(&pool->us.network, pool->at_second);
	hook_round += 2;
}

static void a_lock_that_is_lost_again_is_taken_again_and_not_for_ever(void **state)
{
	struct pool *pool = *state;

	begin_with_data(pool);
	cut_again(pool);
	before_round(pool, 3, cut_again); /* behind the look, before the write; each time */
	assert_int_equal(write_value(&pool->us, "ours"), SD_CONFLICT);
	assert_text_has(&pool->us.error, "the lock was lost");
	assert_int_equal(pool->us.network.rounds, 7);
	assert_both_have(pool, "data");
	assert_free(pool);

	pool->us.network.meanwhile = NULL;
	kept_restart(&pool->us.kept.sink);
	begin_with_data(pool);
	cut_again(pool);
	assert_int_equal(write_value(&pool->us, "ours"), SD_OK);
	assert_int_equal(pool->us.network.rounds, 3);
}

static void lose_answers_of_look(struct pool *pool)
{
	bool loses = hook_round == 2;

	pool->at_first->act = pool->at_second->act = loses ? FAKE_LOSES_ANSWERS : FAKE_ANSWERS;
	hook_round = loses ? 3 : 0;
}

static void so_it_is_if_the_connection_ends_as_it_is_taken(void **state)
{
	struct pool *pool = *state;

	pool->us.policy.pool.redundancy = false;
	begin_with_data(pool);
	cut_again(pool);
	before_round(pool, 2, lose_answers_of_look);
	assert_int_equal(write_value(&pool->us, "ours"), SD_OK);
	assert_has(pool->at_first, "ours");
}

static void write_without_lock(struct pool *pool)
{
	put_both(pool, "theirs", OLD + 1);
}

static void who_needs_no_lock_is_seen_until_the_write(void **state)
{
	struct pool *pool = *state;

	begin_with_data(pool);
	cut_again(pool);
	before_round(pool, 3, write_without_lock);
	assert_int_equal(write_value(&pool->us, "ours"), SD_CONFLICT);
	assert_both_have(pool, "theirs");
	assert_free(pool);
}

static void a_restarted_server_alone_is_not_believed(void **state)
{
	struct pool *pool = *state;

	begin_with_data(pool);
	fake_restart(pool->at_first);
	pool->at_second->act = FAKE_REFUSES;
	assert_int_equal(write_value(&pool->us, "ours"), SD_UNPROVEN);
	assert_text_has(&pool->us.error, "Connection refused");
	assert_int_equal(pool->us.session.failed, SD_SESSION_WRITING);
	assert_both_have(pool, "data");
	assert_false(is_locked(pool->at_first));
}

static void come_back(struct pool *pool)
{
	pool->at_second->act = FAKE_ANSWERS;
}

static void who_refuses_for_less_than_a_second_is_waited_for(void **state)
{
	struct pool *pool = *state;

	begin_with_data(pool);
	fake_restart(pool->at_first);
	fake_restart(pool->at_second);
	pool->at_second->act = FAKE_REFUSES;
	pool->at_second->is_marked_when_refusing = true;
	before_round(pool, 6, come_back);
	assert_int_equal(write_value(&pool->us, "ours"), SD_OK);
	assert_both_have(pool, "ours");
	assert_free(pool);
}

static void what_has_expired_meanwhile_is_stored(void **state)
{
	struct pool *pool = *state;

	begin_with_data(pool);
	cut_again(pool);
	fake_evict(pool->at_first, KEY);
	fake_evict(pool->at_second, KEY);
	assert_int_equal(write_value(&pool->us, "ours"), SD_OK);
	assert_both_have(pool, "ours");
}

/* On memcached that may be a delete, too. */
static void what_has_gone_from_memcached_is_not(void **state)
{
	struct pool *pool = *state;

	use_kinds(pool, FAKE_MEMCACHED, FAKE_MEMCACHED);
	begin_with_data(pool);
	pool->clock_ms += (LEASE + 1) * SECOND_MS;
	fake_evict(pool->at_first, KEY);
	fake_evict(pool->at_second, KEY);
	assert_int_equal(write_value(&pool->us, "ours"), SD_CONFLICT);
	assert_both_have(pool, NULL);
}

static void what_is_far_ahead_is_written_over_if_it_is_as_it_was(void **state)
{
	struct pool *pool = *state;

	for (int theirs = 0; theirs < 2; theirs++) {
		pool->at_first->tells_time = pool->at_second->tells_time = true;
		put_both(pool, "data", INT64_MAX);
		assert_int_equal(begin(&pool->us), SD_OK);
		cut_again(pool);
		if (theirs) {
			put_both(pool, "theirs", INT64_MAX - 1);
		}
		assert_int_equal(write_value(&pool->us, "ours"), theirs ? SD_CONFLICT : SD_OK);
		assert_both_have(pool, theirs ? "theirs" : "ours");
		assert_free(pool);
	}
}

/* A number of one old memcached says nothing of the other one's copy. */
static void versions_that_cannot_be_compared_are_not(void **state)
{
	struct pool *pool = *state;

	use_kinds(pool, FAKE_OLD_MEMCACHED, FAKE_OLD_MEMCACHED);
	fake_put(pool->at_second, KEY, "new", OLD);
	pool->at_first->act = FAKE_REFUSES;
	assert_begins(&pool->us, SD_OK, "new");
	pool->clock_ms += (LEASE + 1) * SECOND_MS;
	pool->at_first->act = FAKE_ANSWERS;
	fake_put(pool->at_first, KEY, "old", OLD);
	assert_int_equal(write_value(&pool->us, "ours"), SD_CONFLICT);
}

/* memcached -C gives no version. */
static void what_has_no_version_may_have_been_written_by_anybody(void **state)
{
	struct pool *pool = *state;

	use_kinds(pool, FAKE_OLD_MEMCACHED, FAKE_OLD_MEMCACHED);
	put_both(pool, "old", 0);
	assert_begins(&pool->us, SD_OK, "old");
	pool->clock_ms += (LEASE + 1) * SECOND_MS;
	put_both(pool, "theirs", 0);
	assert_int_equal(write_value(&pool->us, "ours"), SD_CONFLICT);
	assert_both_have(pool, "theirs");
}

static void the_wait_is_lock_wait_and_no_longer(void **state)
{
	struct pool *pool = *state;
	int64_t began_ms;

	begin_with_data(pool);
	cut_again(pool);
	pool->at_second->locks[0] = (struct fake_lock){KEY, 2, pool->clock_ms + 4 * SECOND_MS, 0};
	began_ms = pool->clock_ms;
	assert_int_equal(write_value(&pool->us, "ours"), SD_OK);
	assert_in_range(pool->clock_ms - began_ms, 4 * SECOND_MS, WAIT_MS);

	kept_restart(&pool->us.kept.sink);
	assert_begins(&pool->us, SD_OK, "ours");
	cut_again(pool);
	pool->at_first->locks[0] = (struct fake_lock){KEY, 2, INT64_MAX, 0};
	began_ms = pool->clock_ms;
	assert_int_equal(write_value(&pool->us, "new"), SD_CONFLICT);
	assert_in_range(pool->clock_ms - began_ms, WAIT_MS, WAIT_MS + SECOND_MS);
}

/* }}} */

/* {{{ what is looked at */

static void a_tombstone_of_the_same_version_is_not_what_was_read(void **state)
{
	struct pool *pool = *state;

	begin_with_data(pool);
	cut_again(pool);
	fake_put_tombstone(pool->at_first, KEY, OLD);
	fake_put_tombstone(pool->at_second, KEY, OLD);
	assert_int_equal(write_value(&pool->us, "ours"), SD_CONFLICT);
	assert_both_have(pool, NULL);
}

static void who_may_read_without_the_lock_must_have_it_to_write(void **state)
{
	struct pool *pool = *state;

	pool->us.rules.reads_anyway = true;
	begin_with_data(pool);
	cut_again(pool);
	pool->at_first->locks[0] = (struct fake_lock){KEY, 2, INT64_MAX, 0};
	assert_int_equal(write_value(&pool->us, "ours"), SD_CONFLICT);
	assert_text_has(&pool->us.error, "could not be taken again");
	assert_both_have(pool, "data");
}

static void to_look_prolongs_nothing(void **state)
{
	struct pool *pool = *state;

	pool->us.rules.prolongs_s = TTL_S;
	begin_with_data(pool);
	cut_again(pool);
	assert_int_equal(write_value(&pool->us, "ours"), SD_OK);
	for (size_t i = 0; i < pool->us.network.asked_count; i++) {
		const struct fake_asked *asked = &pool->us.network.asked[i];

		assert_true(asked->kind != SD_GET && (asked->kind != SD_EXISTS || asked->ttl == 0));
	}
}

static void copies_that_differ_are_both_written_over_and_not_repaired_before(void **state)
{
	struct pool *pool = *state;

	begin_with_data(pool);
	cut_again(pool);
	fake_put(pool->at_second, KEY, "older", OLD - 1);
	assert_int_equal(write_value(&pool->us, "ours"), SD_OK);
	assert_int_equal(pool->us.network.rounds, 3);
	assert_both_have(pool, "ours");
}

static void nor_is_a_tombstone_carried_to_the_other_before(void **state)
{
	struct pool *pool = *state;

	fake_put_tombstone(pool->at_first, KEY, OLD);
	fake_put_tombstone(pool->at_second, KEY, OLD);
	assert_begins(&pool->us, SD_ABSENT, "");
	cut_again(pool);
	fake_put(pool->at_second, KEY, "older", OLD - 1);
	assert_int_equal(write_value(&pool->us, "ours"), SD_OK);
	assert_int_equal(pool->us.network.rounds, 3);
	assert_both_have(pool, "ours");
}

static void lose_to_who_keeps_it(struct pool *pool)
{
	fake_cut(&pool->us.network, pool->at_first);
	fake_cut(&pool->us.network, pool->at_second);
	pool->at_first->locks[0] = (struct fake_lock){KEY, 2, INT64_MAX, 0};
}

static void all_waits_of_a_write_are_one(void **state)
{
	struct pool *pool = *state;
	int64_t began_ms = pool->clock_ms;

	begin_with_data(pool);
	cut_again(pool);
	pool->at_first->locks[0] = (struct fake_lock){KEY, 2, pool->clock_ms + 4 * SECOND_MS, 0};
	before_round(pool, 6, lose_to_who_keeps_it); /* which is the write */
	assert_int_equal(write_value(&pool->us, "ours"), SD_CONFLICT);
	assert_text_has(&pool->us.error, "could not be taken again");
	assert_in_range(pool->clock_ms - began_ms, WAIT_MS - 10, WAIT_MS + 50);
}

static void answer_look_and_stall(struct pool *pool)
{
	bool stalls = hook_round == 3;

	pool->at_first->act = pool->at_second->act = stalls ? FAKE_STALLS : FAKE_ANSWERS;
	fake_forget_connection(&pool->us.network);
	hook_round = hook_round < 4 ? hook_round + 1 : 0;
}

/* The first attempt was carried out, the second was not, and nobody has answered either. */
static void what_was_tried_twice_is_known_by_one_version(void **state)
{
	struct pool *pool = *state;

	begin_with_data(pool);
	pool->at_first->act = pool->at_second->act = FAKE_LOSES_ANSWERS;
	before_round(pool, 2, answer_look_and_stall);
	assert_int_equal(write_value(&pool->us, "ours"), SD_OK);
	assert_both_have(pool, "ours");
}

/* }}} */

/* {{{ the holder */

static void all_requests_of_a_session_have_one_holder(void **state)
{
	struct pool *pool = *state;

	begin_with_data(pool);
	assert_int_not_equal(pool->us.session.lock.holder, 0);
	assert_int_equal(pool->at_first->locks[0].holder, pool->us.session.lock.holder);
	assert_int_equal(pool->at_second->locks[0].holder, pool->us.session.lock.holder);
	assert_begins(&pool->them, SD_CONFLICT, "");
	assert_int_not_equal(pool->them.session.lock.holder, pool->us.session.lock.holder);
	assert_int_equal(write_value(&pool->us, "ours"), SD_OK);
	for (size_t i = 0; i < pool->us.network.asked_count; i++) {
		assert_int_equal(pool->us.network.asked[i].holder, pool->us.session.lock.holder);
	}
}

static bool no_random_bytes(struct sd_transport *transport, void *out, size_t length)
{
	(void)transport;
	memset(out, 0x77, length);
	return false;
}

static void without_random_bytes_the_connection_is_the_holder(void **state)
{
	struct pool *pool = *state;

	pool->us.network.transport.random = no_random_bytes;
	begin_with_data(pool);
	assert_int_equal(pool->us.session.lock.holder, 0);
	assert_int_equal(write_value(&pool->us, "ours"), SD_OK);
}

static void a_child_writes_and_deletes_nothing_and_frees_nothing(void **state)
{
	static const enum fake_kind kinds[] = {FAKE_SHAREDANCED, FAKE_MEMCACHED, FAKE_OLD_MEMCACHED};
	struct pool *pool = *state;

	for (size_t i = 0; i < 3 * COUNT_OF(kinds); i++) {
		struct client child;
		struct sd_error error;

		fake_wipe(pool->at_first);
		fake_wipe(pool->at_second);
		use_kinds(pool, kinds[i / 3], kinds[i / 3]);
		kept_restart(&pool->us.kept.sink);
		begin_with_data(pool);
		child = pool->us;
		child.session.policy = &child.policy;
		child.policy.transport = &child.network.transport;
		child.network.process = 2;
		if (i % 3 == 2) {
			assert_int_equal(sd_session_end(&child.session, &error), SD_OK);
		} else {
			assert_int_equal(i % 3 == 0 ? write_value(&child, "child's") : destroy(&child),
			                 SD_CONFLICT);
			assert_int_equal(child.session.failed, SD_SESSION_LOCKING);
			assert_text_has(&child.error, "the parent process's");
			assert_int_equal(write_value(&child, "child's"), SD_CONFLICT);
		}
		assert_asked_no_more(&child, i % 3 == 2 ? pool->us.network.asked_count : 0,
		                     i % 3 == 2 ? pool->us.network.rounds : 0);
		assert_int_equal(write_value(&pool->us, "parent's"), SD_OK);
		assert_both_have(pool, "parent's");
	}
}

static void a_child_prolongs_and_gives_nothing_back_and_begins_as_any_other(void **state)
{
	struct pool *pool = *state;

	begin_with_data(pool);
	pool->us.network.process = 2;
	assert_int_equal(touch(&pool->us, "data"), SD_OK);
	assert_true(is_locked(pool->at_first) && is_locked(pool->at_second));
	kept_restart(&pool->us.kept.sink);
	pool->us.network.connection = 3;
	assert_begins(&pool->us, SD_CONFLICT, "");
	assert_true(is_locked(pool->at_first) && is_locked(pool->at_second));
}

static void a_child_that_begins_has_a_token_of_its_own(void **state)
{
	struct pool *pool = *state;
	uint8_t parents[SD_LOCK_TOKEN];
	uint64_t holder;

	use_kinds(pool, FAKE_MEMCACHED, FAKE_SHAREDANCED);
	begin_with_data(pool);
	memcpy(parents, pool->us.session.lock.token, sizeof(parents));
	holder = pool->us.session.lock.holder;
	pool->us.network.process = 2;
	fake_evict(pool->at_first, ENTRY);
	fake_cut(&pool->us.network, pool->at_second);
	kept_restart(&pool->us.kept.sink);
	assert_begins(&pool->us, SD_OK, "data");
	assert_memory_not_equal(parents, pool->us.session.lock.token, sizeof(parents));
	assert_int_not_equal(holder, pool->us.session.lock.holder);
}

/* }}} */

/* {{{ room to wait */

static void who_finds_no_room_to_wait_waits_on_this_side_with_growing_pauses(void **state)
{
	struct pool *pool = *state;
	int64_t until_ms = pool->clock_ms + 2 * SECOND_MS;

	put_both(pool, "data", OLD);
	pool->at_first->locks[0] = (struct fake_lock){KEY, 2, until_ms + SECOND_MS, 0};
	pool->at_first->room_from_ms = until_ms;
	assert_begins(&pool->us, SD_OK, "data");
	assert_int_equal(pool->us.session.hold, SD_SESSION_LOCKED);
	assert_in_range(pool->us.network.paused_ms[0], 3, 8);
	assert_in_range(pool->us.network.paused_ms[1], 5, 15);
	assert_in_range(pool->us.network.paused_ms[6], 100, 300);
	assert_in_range(pool->us.network.paused_ms[7], 100, 300);
	assert_in_range(pool->clock_ms, until_ms + SECOND_MS, until_ms + SECOND_MS + 20);
	assert_int_equal(write_value(&pool->us, "ours"), SD_OK);
}

/* What was waited for on this side is no time of the operation's, either. */
static void who_found_no_room_for_longer_than_the_timeout_reads_all_the_same(void **state)
{
	struct pool *pool = *state;
	int64_t until_ms = pool->clock_ms + WAIT_MS - 5; /* so that the last try has it */

	pool->options.timeout_ms = SECOND_MS;
	put_both(pool, "data", OLD);
	pool->at_first->locks[0] = (struct fake_lock){KEY, 2, until_ms, 0};
	pool->at_first->room_from_ms = until_ms;
	assert_begins(&pool->us, SD_OK, "data");
	assert_int_equal(pool->us.session.hold, SD_SESSION_LOCKED);
	assert_int_equal(write_value(&pool->us, "ours"), SD_OK);
}

/* Who got a place in the queue at last, and was refused there, blames no want of room. */
static void who_waited_in_the_queue_at_last_says_so(void **state)
{
	struct pool *pool = *state;

	put_both(pool, "data", OLD);
	pool->at_first->locks[0] = (struct fake_lock){KEY, 2, INT64_MAX, 0};
	pool->at_first->room_from_ms = pool->clock_ms + SECOND_MS;
	assert_begins(&pool->us, SD_CONFLICT, "");
	assert_text_has(&pool->us.error, "the lock was not obtained in time");
}

static void it_waits_for_lock_wait_and_says_why(void **state)
{
	struct pool *pool = *state;
	int64_t began_ms = pool->clock_ms;

	put_both(pool, "data", OLD);
	pool->at_second->locks[0] = (struct fake_lock){KEY, 2, INT64_MAX, 0};
	pool->at_second->room_from_ms = INT64_MAX;
	assert_begins(&pool->us, SD_CONFLICT, "");
	assert_in_range(pool->clock_ms - began_ms, WAIT_MS - 20, WAIT_MS + 10);
	assert_text_has(&pool->us.error, "too many requests wait for this session");
	assert_text_has(&pool->us.error, "--lock-waiters");
	assert_text_has(&pool->us.error, pool->second->host);
	assert_false(is_locked(pool->at_first));
}

static void lose_the_answer_then_answer(struct pool *pool)
{
	pool->at_first->act = pool->at_first->act == FAKE_ANSWERS ? FAKE_LOSES_ANSWERS : FAKE_ANSWERS;
	hook_round++;
}

static void who_is_cut_off_as_it_waits_waits_again(void **state)
{
	struct pool *pool = *state;
	int64_t free_ms = pool->clock_ms + SECOND_MS;

	put_both(pool, "data", OLD);
	pool->at_first->locks[0] = (struct fake_lock){KEY, 2, free_ms, 0};
	before_round(pool, 3, lose_the_answer_then_answer);
	assert_begins(&pool->us, SD_OK, "data");
	assert_int_equal(pool->us.session.hold, SD_SESSION_LOCKED);
	assert_int_equal(pool->us.session.lock.holders, 2);
	assert_in_range(pool->clock_ms, free_ms, free_ms + 20);
	assert_int_equal(write_value(&pool->us, "ours"), SD_OK);
	assert_both_have(pool, "ours");
}

static void who_is_cut_off_at_once_is_not_asked_again(void **state)
{
	struct pool *pool = *state;

	pool->us.policy.pool.redundancy = false;
	pool->at_first->act = FAKE_LOSES_ANSWERS;
	assert_int_equal(begin(&pool->us), SD_CLOSED);
	assert_int_equal(pool->us.network.pauses, 0);
}

static void one_try_is_one_try(void **state)
{
	struct pool *pool = *state;

	put_both(pool, "data", OLD);
	pool->us.rules.wait_ms = 0;
	pool->at_first->locks[0] = (struct fake_lock){KEY, 2, INT64_MAX, 0};
	pool->at_first->room_from_ms = INT64_MAX;
	assert_begins(&pool->us, SD_CONFLICT, "");
	assert_int_equal(pool->us.network.pauses, 0);
	assert_text_has(&pool->us.error, "the lock was not obtained in time");
}

/* }}} */

/* {{{ what could not be asked */

static void of_who_could_not_be_asked_nobody_says_that_it_has_no_locks(void **state)
{
	struct pool *pool = *state;

	pool->us.session.hold = SD_SESSION_LOCKLESS;
	pool->at_first->act = pool->at_second->act = FAKE_REFUSES;
	assert_true(sd_status_is_failure(begin(&pool->us)));
	assert_int_equal(pool->us.session.hold, SD_SESSION_UNASKED);

	pool->us.policy.pool.redundancy = false; /* it has no locks, and could not be read */
	fake_answers(&pool->us.network, pool->first, SD_UNSUPPORTED, 1);
	assert_true(sd_status_is_failure(begin(&pool->us)));
	assert_int_equal(pool->us.session.hold, SD_SESSION_UNASKED);
	fake_is(&pool->us.network, pool->first, pool->at_first);
	pool->us.policy.pool.redundancy = true;

	use_kinds(pool, FAKE_SHAREDANCED, FAKE_CLASSIC);
	pool->at_second->act = FAKE_ANSWERS;
	fake_put(pool->at_second, KEY, "data", OLD);
	assert_begins(&pool->us, SD_OK, "data");
	assert_int_equal(pool->us.session.hold, SD_SESSION_UNASKED);
	assert_int_equal(write_value(&pool->us, "ours"), SD_OK);

	use_kinds(pool, FAKE_CLASSIC, FAKE_CLASSIC);
	pool->at_first->act = FAKE_ANSWERS;
	kept_restart(&pool->us.kept.sink);
	assert_begins(&pool->us, SD_OK, "ours");
	assert_int_equal(pool->us.session.hold, SD_SESSION_LOCKLESS);
}

/* }}} */

/* {{{ reading prolongs */

static void assert_lives(struct pool *pool, struct fake_store *store, int64_t seconds)
{
	assert_in_range(fake_entry_of(store, KEY)->expires_ms, pool->clock_ms + seconds * 1000 - 100,
	                pool->clock_ms + seconds * 1000);
}

static void a_read_prolongs_on_both_servers_if_it_is_told_to_and_takes_no_longer(void **state)
{
	struct pool *pool = *state;

	for (int i = 0; i < 4; i++) {
		bool redundancy = i & 1;

		pool->us.policy.pool.redundancy = redundancy;
		pool->us.rules.locks = i & 2;
		pool->options.read_policy = SD_READ_FIRST;
		fake_put(pool->at_first, KEY, "data", OLD)->expires_ms = pool->clock_ms + 3 * SECOND_MS;
		fake_put(pool->at_second, KEY, "data", OLD)->expires_ms = pool->clock_ms + 3 * SECOND_MS;
		pool->us.rules.prolongs_s = 0;
		kept_restart(&pool->us.kept.sink);
		assert_begins(&pool->us, SD_OK, "data");
		assert_lives(pool, pool->at_first, 3);
		assert_int_equal(end(&pool->us), SD_OK);

		pool->us.rules.prolongs_s = TTL_S;
		kept_restart(&pool->us.kept.sink);
		assert_begins(&pool->us, SD_OK, "data");
		assert_int_equal(pool->us.network.rounds, 1);
		assert_lives(pool, pool->at_first, TTL_S);
		assert_lives(pool, pool->at_second, redundancy ? TTL_S : 3);
		assert_int_equal(end(&pool->us), SD_OK);
	}
}

static void it_prolongs_what_the_second_has_too(void **state)
{
	struct pool *pool = *state;

	for (int away = 0; away < 2; away++) {
		pool->us.rules.prolongs_s = TTL_S;
		fake_put(pool->at_second, KEY, "new", OLD + 1)->expires_ms = pool->clock_ms + 3 * SECOND_MS;
		pool->at_first->act = away ? FAKE_REFUSES : FAKE_ANSWERS;
		kept_restart(&pool->us.kept.sink);
		assert_begins(&pool->us, SD_OK, "new");
		assert_lives(pool, pool->at_second, TTL_S);
		assert_int_equal(end(&pool->us), SD_OK);
	}
}

static void on_others_servers_it_prolongs_where_it_can(void **state)
{
	struct pool *pool = *state;

	pool->us.rules.prolongs_s = TTL_S;
	use_kinds(pool, FAKE_MEMCACHED, FAKE_OLD_MEMCACHED);
	put_both(pool, "data", OLD);
	assert_begins(&pool->us, SD_OK, "data");
	assert_lives(pool, pool->at_first, TTL_S);
	assert_lives(pool, pool->at_second, TTL_S);
	assert_int_equal(end(&pool->us), SD_OK);

	use_kinds(pool, FAKE_CLASSIC, FAKE_CLASSIC);
	kept_restart(&pool->us.kept.sink);
	assert_begins(&pool->us, SD_OK, "data");
}

/* }}} */

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_write_whose_lock_was_lost_is_stored_if_nobody_wrote_and_refused_if_somebody_did),
		TEST(somebody_elses_write_is_not_ours_for_its_version),
		TEST(without_a_lock_an_equal_version_is_overwritten),
		TEST(what_no_server_answers_is_asked_once_more_on_new_connections),
		TEST(what_was_written_though_nobody_answered_is_not_somebody_elses),
		TEST(what_one_server_took_goes_to_the_other_on_a_new_connection_too),
		TEST(with_one_server_it_is_a_failure_and_nobody_is_blamed),
		TEST(a_server_that_is_still_silent_costs_the_end_a_tenth_of_a_second),
		TEST(what_another_worker_has_marked_may_have_been_written),
		TEST(who_has_changed_nothing_is_not_refused_for_what_others_have_created),
		TEST(a_lock_that_is_lost_again_is_taken_again_and_not_for_ever),
		TEST(who_needs_no_lock_is_seen_until_the_write),
		TEST(a_restarted_server_alone_is_not_believed),
		TEST(who_refuses_for_less_than_a_second_is_waited_for),
		TEST(what_has_expired_meanwhile_is_stored),
		TEST(what_has_gone_from_memcached_is_not),
		TEST(what_is_far_ahead_is_written_over_if_it_is_as_it_was),
		TEST(versions_that_cannot_be_compared_are_not),
		TEST(what_has_no_version_may_have_been_written_by_anybody),
		TEST(the_wait_is_lock_wait_and_no_longer),
		TEST(all_requests_of_a_session_have_one_holder),
		TEST(without_random_bytes_the_connection_is_the_holder),
		TEST(a_child_writes_and_deletes_nothing_and_frees_nothing),
		TEST(a_child_prolongs_and_gives_nothing_back_and_begins_as_any_other),
		TEST(who_finds_no_room_to_wait_waits_on_this_side_with_growing_pauses),
		TEST(who_found_no_room_for_longer_than_the_timeout_reads_all_the_same),
		TEST(it_waits_for_lock_wait_and_says_why),
		TEST(who_waited_in_the_queue_at_last_says_so),
		TEST(who_is_cut_off_as_it_waits_waits_again),
		TEST(who_is_cut_off_at_once_is_not_asked_again),
		TEST(a_tombstone_of_the_same_version_is_not_what_was_read),
		TEST(who_may_read_without_the_lock_must_have_it_to_write),
		TEST(to_look_prolongs_nothing),
		TEST(copies_that_differ_are_both_written_over_and_not_repaired_before),
		TEST(what_was_tried_twice_is_known_by_one_version),
		TEST(a_child_that_begins_has_a_token_of_its_own),
		TEST(nor_is_a_tombstone_carried_to_the_other_before),
		TEST(all_waits_of_a_write_are_one),
		TEST(so_it_is_if_the_connection_ends_as_it_is_taken),
		TEST(one_try_is_one_try),
		TEST(of_who_could_not_be_asked_nobody_says_that_it_has_no_locks),
		TEST(a_read_prolongs_on_both_servers_if_it_is_told_to_and_takes_no_longer),
		TEST(it_prolongs_what_the_second_has_too),
		TEST(on_others_servers_it_prolongs_where_it_can),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
