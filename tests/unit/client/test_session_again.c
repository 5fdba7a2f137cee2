/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Sessions that are changed more than once: in the middle of a request, and at its end. Each kind
 * of servers, each first change, each way to lose the lock then, and what others do meanwhile.
 */

#include <stdio.h>
#include <string.h>

#include "tests/unit/client/session_clients.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define OLD 5 /* the version of what was read */

enum first_change { WRITES, TOUCHES, DELETES, CHANGES };

/* When the lock is lost, and others write if they do. */
enum loss {
	NEVER,
	BEFORE_IT, /* and the first change is a touch, which needs no lock */
	AFTER_IT,
	LOSSES,
};

struct row {
	bool redundancy;
	enum fake_kind first;
	enum fake_kind second;
	enum first_change change;
	enum sd_session_after after;
	enum loss loss;
	bool others_write;
	bool deletes; /* the last change */
};

static const struct row *the_row;

#define CHECK(condition)                                                                           \
	do {                                                                                           \
		if (!(condition)) {                                                                        \
			fail_msg("%s, kinds %d and %d, change %d, after %d, loss %d, others %s, then %s: %s",  \
			         the_row->redundancy ? "two" : "one", the_row->first, the_row->second,         \
			         the_row->change, the_row->after, the_row->loss,                               \
			         the_row->others_write ? "write" : "do nothing",                               \
			         the_row->deletes ? "delete" : "write", #condition);                           \
		}                                                                                          \
	} while (0)

static bool has_entries(const struct row *row)
{
	return row->first != FAKE_SHAREDANCED || (row->redundancy && row->second != FAKE_SHAREDANCED);
}

static bool makes_sense(const struct row *row)
{
	if (row->loss == BEFORE_IT && row->change != TOUCHES) {
		return false;
	}
	if (row->change == DELETES && (row->first == FAKE_OLD_MEMCACHED || !row->redundancy)) {
		return false; /* it leaves nothing by which it could be known, or tells no version */
	}
	if (row->after == SD_SESSION_MAY_CONTINUE && row->loss == AFTER_IT && row->others_write &&
	    row->change == WRITES &&
	    (row->first == FAKE_OLD_MEMCACHED || (!row->redundancy && row->first == FAKE_MEMCACHED))) {
		return false; /* nobody knows its version before the next change looks */
	}
	if (row->change == DELETES && row->deletes && has_entries(row)) {
		return false; /* nothing is deleted on no condition */
	}
	/* without a loss others write if the lock was given back */
	return row->loss != NEVER || !row->others_write ||
	       (row->after == SD_SESSION_MAY_CONTINUE && !has_entries(row));
}

static void lose(struct pool *pool)
{
	fake_cut(&pool->us.network, pool->at_first);
	fake_cut(&pool->us.network, pool->at_second);
	pool->us.network.connection += 10;
	fake_evict(pool->at_first, ENTRY);
	fake_evict(pool->at_second, ENTRY);
}

static void let_others_write(struct pool *pool)
{
	kept_restart(&pool->them.kept.sink);
	CHECK(begin(&pool->them) <= SD_ABSENT);
	CHECK(write_value(&pool->them, "theirs") == SD_OK);
}

static void lose_at(struct pool *pool, enum loss when)
{
	if (the_row->loss == when && when != NEVER) {
		lose(pool);
	}
	if (the_row->loss == when && the_row->others_write) {
		let_others_write(pool);
	}
}

static enum sd_status change_first(struct pool *pool)
{
	pool->us.session.after = the_row->after;
	switch (the_row->change) {
	case WRITES:
		return write_value(&pool->us, "middle");
	case TOUCHES:
		return touch(&pool->us, "data");
	default:
		return destroy(&pool->us);
	}
}

static void check_kept(struct pool *pool)
{
	if (the_row->after == SD_SESSION_CONTINUES || has_entries(the_row)) {
		CHECK(!is_free(pool->at_first));
		CHECK(pool->us.session.lock.holders > 0);
	} else {
		CHECK(is_free(pool->at_first));
		CHECK(pool->us.session.lock.holders == 0);
	}
}

static void check_row(struct pool *pool, const struct row *row)
{
	const char *expected = row->others_write ? "theirs" : row->deletes ? NULL : "ours";
	enum sd_status status;

	the_row = row;
	use_kinds(pool, row->first, row->second);
	pool->us.policy.pool.redundancy = pool->them.policy.pool.redundancy = row->redundancy;
	put_both(pool, "data", OLD);
	CHECK(begin(&pool->us) == SD_OK);
	lose_at(pool, BEFORE_IT);
	CHECK(change_first(pool) == SD_OK);
	if (row->loss != BEFORE_IT) {
		check_kept(pool);
	}
	lose_at(pool, NEVER);
	lose_at(pool, AFTER_IT);
	pool->us.session.after = SD_SESSION_ENDS;
	status = row->deletes ? destroy(&pool->us) : write_value(&pool->us, "ours");
	CHECK(status == (row->others_write ? SD_CONFLICT : SD_OK));
	CHECK(has(pool->at_first, expected));
	CHECK(is_free(pool->at_first));
	if (row->redundancy) {
		CHECK(has(pool->at_second, expected));
		CHECK(is_free(pool->at_second));
	}
	if (row->others_write) {
		assert_text_has(&pool->us.error, "another request has written");
		if (row->loss != BEFORE_IT) {
			CHECK((strstr(pool->us.error.text, "was released by an earlier write") != NULL) ==
			      (row->after == SD_SESSION_MAY_CONTINUE && !has_entries(row)));
		}
	}
}

static void what_is_changed_twice_takes_nothing_of_others_away(void **state)
{
	static const enum fake_kind kinds[][2] = {
		{FAKE_SHAREDANCED, FAKE_SHAREDANCED},     {FAKE_MEMCACHED, FAKE_MEMCACHED},
		{FAKE_OLD_MEMCACHED, FAKE_OLD_MEMCACHED}, {FAKE_SHAREDANCED, FAKE_MEMCACHED},
		{FAKE_MEMCACHED, FAKE_SHAREDANCED},
	};
	size_t checked = 0;

	for (size_t i = 0; i < COUNT_OF(kinds) * 16 * CHANGES * LOSSES; i++) {
		size_t rest = i / 16;
		const struct row row = {.redundancy = i & 1,
		                        .others_write = i & 2,
		                        .deletes = i & 4,
		                        .after = i & 8 ? SD_SESSION_CONTINUES : SD_SESSION_MAY_CONTINUE,
		                        .loss = rest % LOSSES,
		                        .change = rest / LOSSES % CHANGES,
		                        .first = kinds[rest / LOSSES / CHANGES][0],
		                        .second = kinds[rest / LOSSES / CHANGES][1]};

		if (makes_sense(&row)) {
			(void)close_pool(state);
			(void)open_pool(state);
			check_row(*state, &row);
			checked++;
		}
	}
	assert_in_range(checked, 200, SIZE_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_changed_twice_takes_nothing_of_others_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
