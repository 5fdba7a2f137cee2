/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Locks: who gets one, when, and what a tick that is run again leaves of it. */

#include "tests/unit/server/lock_holders.h"

#define HOLDERS 4
#define MEMORY_MAX 100000

static int start(void **state)
{
	(void)state;
	make_holders(HOLDERS, MEMORY_MAX);
	return 0;
}

static enum sdd_lock_result acquire(char letter, const char *key, int64_t lease_ms, int64_t wait_ms)
{
	return acquire_key(letter, 0, key, lease_ms, wait_ms);
}

static enum sdd_lock_result take(char letter)
{
	return acquire(letter, "k", LONG_MS, 0);
}

static enum sdd_lock_result wait_for(char letter)
{
	return acquire(letter, "k", LONG_MS, LONG_MS);
}

static bool release_key(char letter, const char *key)
{
	struct sdd_lock_claim claim = claim_of(letter, 0);

	return sdd_lock_release(&claim, bytes_of(key));
}

static bool release(char letter)
{
	return release_key(letter, "k");
}

static bool is_held(char letter)
{
	struct sdd_lock_claim claim = claim_of(letter, 0);

	return sdd_lock_is_held(&claim, bytes_of("k"));
}

static void a_lock_is_handed_on_in_order_of_arrival(void **state)
{
	(void)state;
	assert_int_equal(take('A'), SDD_LOCK_GRANTED);
	assert_int_equal(wait_for('B'), SDD_LOCK_WAITING);
	assert_int_equal(wait_for('C'), SDD_LOCK_WAITING);
	assert_int_equal(take('D'), SDD_LOCK_REFUSED);
	assert_true(release('A'));
	assert_string_equal(it.decided, ""); /* what A wrote is not committed yet */
	next_tick();
	assert_true(release('B'));
	assert_false(release('A'));
	next_tick();
	assert_string_equal(it.decided, "BC");
	assert_true(is_held('C'));
}

static void who_releases_and_asks_again_in_one_tick_comes_last(void **state)
{
	(void)state;
	assert_int_equal(take('A'), SDD_LOCK_GRANTED);
	assert_int_equal(wait_for('B'), SDD_LOCK_WAITING);
	next_tick();
	assert_true(release('A'));
	assert_int_equal(take('A'), SDD_LOCK_REFUSED);
	assert_int_equal(wait_for('A'), SDD_LOCK_WAITING);
	assert_false(is_held('A'));
	next_tick();
	assert_string_equal(it.decided, "B");
	assert_true(release('B'));
	next_tick();
	assert_string_equal(it.decided, "BA");
}

static void who_releases_and_asks_again_has_it_if_nobody_waits(void **state)
{
	(void)state;
	assert_int_equal(take('A'), SDD_LOCK_GRANTED);
	assert_true(release('A'));
	assert_false(is_held('A'));
	assert_int_equal(take('A'), SDD_LOCK_GRANTED);
	assert_true(is_held('A'));
	assert_int_equal(take('B'), SDD_LOCK_REFUSED);
	next_tick();
	assert_true(is_held('A'));
}

static void a_tick_that_is_run_again_finds_the_locks_and_queues_as_they_were(void **state)
{
	(void)state;
	assert_int_equal(take('A'), SDD_LOCK_GRANTED);
	next_tick();
	assert_true(release('A'));
	assert_int_equal(take('A'), SDD_LOCK_GRANTED);
	assert_true(release('A'));
	assert_int_equal(wait_for('B'), SDD_LOCK_WAITING);
	assert_int_equal(wait_for('A'), SDD_LOCK_WAITING);
	sdd_locks_replay(it.locks);
	assert_true(is_held('A'));
	assert_string_equal(it.decided, "");
	/* nobody waits now, as when A asked for the first time */
	assert_true(release('A'));
	assert_int_equal(take('A'), SDD_LOCK_GRANTED);
	assert_true(release('A'));
	assert_int_equal(wait_for('B'), SDD_LOCK_WAITING);
	assert_int_equal(wait_for('A'), SDD_LOCK_WAITING);
	next_tick();
	assert_string_equal(it.decided, "B");
}

static void a_wait_of_an_earlier_tick_outlasts_one_that_is_run_again(void **state)
{
	(void)state;
	assert_int_equal(take('A'), SDD_LOCK_GRANTED);
	assert_int_equal(wait_for('B'), SDD_LOCK_WAITING);
	next_tick();
	assert_true(release('A'));
	sdd_locks_replay(it.locks);
	assert_true(release('A'));
	next_tick();
	assert_string_equal(it.decided, "B");
}

static void more_than_so_many_do_not_wait(void **state)
{
	(void)state;
	assert_int_equal(take('A'), SDD_LOCK_GRANTED);
	assert_int_equal(wait_for('B'), SDD_LOCK_WAITING);
	assert_int_equal(wait_for('C'), SDD_LOCK_WAITING);
	assert_int_equal(wait_for('D'), SDD_LOCK_CROWDED);
	assert_int_equal(take('D'), SDD_LOCK_REFUSED); /* it would not have waited */
	end('B');
	assert_int_equal(wait_for('D'), SDD_LOCK_WAITING);
}

static void take_all(char letter)
{
	char key[16];

	for (int i = 0; i < SDD_LOCKS_MAX; i++) {
		(void)snprintf(key, sizeof(key), "key%d", i);
		assert_int_equal(acquire(letter, key, LONG_MS, 0), SDD_LOCK_GRANTED);
	}
}

static void an_holder_holds_so_many_locks_and_no_more(void **state)
{
	(void)state;
	take_all('A');
	assert_int_equal(take('A'), SDD_LOCK_TOO_MANY);
	assert_int_equal(acquire('A', "key0", LONG_MS, 0), SDD_LOCK_GRANTED); /* it is its own */
	assert_int_equal(take('B'), SDD_LOCK_GRANTED);
	assert_int_equal(wait_for('A'), SDD_LOCK_TOO_MANY); /* it would be granted later */
	assert_true(release_key('A', "key7"));
	assert_int_equal(wait_for('A'), SDD_LOCK_WAITING); /* in the same tick */
	next_tick();
	assert_true(release('B'));
	next_tick();
	assert_string_equal(it.decided, "A");
	assert_int_equal(acquire('A', "key7", LONG_MS, 0), SDD_LOCK_TOO_MANY);
	end('A');
	assert_int_equal(take('B'), SDD_LOCK_GRANTED);
}

static void a_released_lock_counts_again_when_it_is_taken_again(void **state)
{
	(void)state;
	take_all('A');
	assert_true(release_key('A', "key7"));
	assert_int_equal(take('A'), SDD_LOCK_GRANTED);
	assert_int_equal(acquire('A', "key7", LONG_MS, 0), SDD_LOCK_TOO_MANY);
	next_tick();
	assert_int_equal(acquire('B', "key7", LONG_MS, 0), SDD_LOCK_GRANTED);
	assert_true(release('A'));
	next_tick();
	assert_int_equal(take('A'), SDD_LOCK_GRANTED);
	assert_int_equal(acquire('A', "more", LONG_MS, 0), SDD_LOCK_TOO_MANY);
}

static void a_lock_is_free_at_the_end_of_its_lease(void **state)
{
	(void)state;
	assert_int_equal(acquire('A', "k", 20, 0), SDD_LOCK_GRANTED);
	assert_int_equal(wait_for('B'), SDD_LOCK_WAITING);
	wait_until_decided();
	assert_string_equal(it.decided, "B");
	assert_false(is_held('A'));
}

static void a_wait_ends_in_vain_at_its_end(void **state)
{
	(void)state;
	assert_int_equal(take('A'), SDD_LOCK_GRANTED);
	assert_int_equal(acquire('B', "k", LONG_MS, 20), SDD_LOCK_WAITING);
	wait_until_decided();
	assert_string_equal(it.decided, "b");
}

static void to_ask_for_a_lock_that_is_held_gives_it_a_new_lease(void **state)
{
	(void)state;
	assert_int_equal(acquire('A', "k", 20, 0), SDD_LOCK_GRANTED);
	assert_int_equal(take('A'), SDD_LOCK_GRANTED);
	assert_int_equal(acquire('B', "k", LONG_MS, 40), SDD_LOCK_WAITING);
	wait_until_decided();
	assert_string_equal(it.decided, "b");
	assert_true(is_held('A'));
	/* and a shorter one, if it asks for that */
	it.decided[0] = '\0';
	assert_int_equal(acquire('A', "k", 20, 0), SDD_LOCK_GRANTED);
	assert_int_equal(wait_for('B'), SDD_LOCK_WAITING);
	wait_until_decided();
	assert_string_equal(it.decided, "B");
}

/* How many locks of its own a holder gets. */
static int take_many(char letter)
{
	char key[] = "A00";
	int count = 0;

	key[0] = letter;
	for (int i = 0; i < SDD_LOCKS_MAX; i++) {
		enum sdd_lock_result result;

		key[1] = (char)('0' + i / 10);
		key[2] = (char)('0' + i % 10);
		result = acquire(letter, key, LONG_MS, LONG_MS);
		assert_true(result == SDD_LOCK_GRANTED || result == SDD_LOCK_NO_MEMORY ||
		            result == SDD_LOCK_TOO_MANY);
		count += result == SDD_LOCK_GRANTED;
	}
	return count;
}

static void all_locks_together_take_no_more_memory_than_is_allowed(void **state)
{
	int count = 0;

	(void)state;
	assert_int_equal(take_many('A'), SDD_LOCKS_MAX);
	count = take_many('B') + take_many('C') + take_many('D');
	assert_in_range(count, 1, 3 * SDD_LOCKS_MAX - 1);
	assert_int_equal(take('A'), SDD_LOCK_TOO_MANY);
	assert_int_equal(take('D'), SDD_LOCK_NO_MEMORY);
	assert_int_equal(acquire('D', "A00", LONG_MS, 0), SDD_LOCK_REFUSED);
	assert_null(sdd_lock_holder_new(it.locks, &it, HOLDERS + 1));
	end('A');
	assert_int_equal(take('D'), SDD_LOCK_GRANTED);
	end('B');
	end('C');
	assert_int_equal(take_many('D'), SDD_LOCKS_MAX - 1);
}

/* What sdd_locks_list() showed. */
static struct {
	size_t count;
	struct sdd_lock_info last;
} shown;

static void show(void *context, const struct sdd_lock_info *info)
{
	assert_ptr_equal(context, &shown);
	shown.count++;
	shown.last = *info;
}

static size_t list(const char *key, size_t most)
{
	memset(&shown, 0, sizeof(shown));
	sdd_locks_list(it.locks, bytes_of(key), most, show, &shown);
	return shown.count;
}

static void the_locks_that_are_held_are_listed(void **state)
{
	uint32_t hash;

	(void)state;
	assert_int_equal(list("", 1000), 0);
	assert_int_equal(list("k", 1000), 0);
	(void)take('A');
	(void)acquire('A', "other", 1000, 0);
	(void)wait_for('B');
	assert_int_equal(list("", 1000), 2);
	assert_int_equal(list("", 1), 1);
	assert_int_equal(list("", 0), 0);
	assert_int_equal(list("k", 1000), 1);
	assert_int_equal(shown.last.waiters, 1);
	assert_int_equal(*(const char *)shown.last.context, 'A');
	assert_in_range(shown.last.lease_ms, LONG_MS / 2, LONG_MS);
	assert_in_range(shown.last.age_ms + shown.last.lease_ms, LONG_MS - 1, LONG_MS);
	hash = shown.last.hash;
	assert_int_equal(list("other", 1000), 1);
	assert_int_not_equal(shown.last.hash, hash);
	assert_in_range(shown.last.age_ms + shown.last.lease_ms, 999, 1000);

	/* what is released in this tick is nobody's for a reader; after it, it is the next one's */
	assert_true(release('A'));
	assert_int_equal(list("k", 1000), 0);
	next_tick();
	assert_int_equal(list("k", 1000), 1);
	assert_int_equal(*(const char *)shown.last.context, 'B');
	assert_int_equal(shown.last.waiters, 0);
	assert_int_equal(shown.last.hash, hash);
}

static void who_waited_has_the_lease_that_it_asked_for(void **state)
{
	(void)state;
	assert_int_equal(take('A'), SDD_LOCK_GRANTED);
	assert_int_equal(acquire('B', "k", 20, LONG_MS), SDD_LOCK_WAITING);
	assert_int_equal(acquire('C', "k", LONG_MS, 20000), SDD_LOCK_WAITING);
	assert_true(release('A'));
	next_tick();
	assert_string_equal(it.decided, "B");
	it.decided[0] = '\0';
	wait_until_decided(); /* by the end of B's lease, long before that of C's wait */
	assert_string_equal(it.decided, "C");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_lock_is_handed_on_in_order_of_arrival),
		TEST(who_releases_and_asks_again_in_one_tick_comes_last),
		TEST(who_releases_and_asks_again_has_it_if_nobody_waits),
		TEST(a_tick_that_is_run_again_finds_the_locks_and_queues_as_they_were),
		TEST(a_wait_of_an_earlier_tick_outlasts_one_that_is_run_again),
		TEST(more_than_so_many_do_not_wait),
		TEST(an_holder_holds_so_many_locks_and_no_more),
		TEST(a_released_lock_counts_again_when_it_is_taken_again),
		TEST(all_locks_together_take_no_more_memory_than_is_allowed),
		TEST(a_lock_is_free_at_the_end_of_its_lease),
		TEST(who_waited_has_the_lease_that_it_asked_for),
		TEST(a_wait_ends_in_vain_at_its_end),
		TEST(the_locks_that_are_held_are_listed),
		TEST(to_ask_for_a_lock_that_is_held_gives_it_a_new_lease),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
