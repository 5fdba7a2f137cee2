/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Whose a lock is: its token's, or its connection's. The table of docs/protocol.md, and a lock that
 * is taken over, together with whatever else ends or moves one. test_locks.c has the rest. */

#include "tests/unit/server/lock_holders.h"

#define CONNECTIONS 5
#define MEMORY_MAX 1000000
#define FREE UINT64_MAX /* as a lock's token: nobody has the lock */

static int start(void **state)
{
	(void)state;
	make_holders(CONNECTIONS, MEMORY_MAX);
	return 0;
}

static enum sdd_lock_result acquire(char letter, uint64_t token, int64_t lease_ms, int64_t wait_ms)
{
	return acquire_key(letter, token, "k", lease_ms, wait_ms);
}

static enum sdd_lock_result take(char letter, uint64_t token)
{
	return acquire(letter, token, LONG_MS, 0);
}

static enum sdd_lock_result wait_for(char letter, uint64_t token)
{
	return acquire(letter, token, LONG_MS, LONG_MS);
}

static bool is_held(char letter, uint64_t token)
{
	struct sdd_lock_claim claim = claim_of(letter, token);

	return sdd_lock_is_held(&claim, bytes_of("k"));
}

static bool release(char letter, uint64_t token)
{
	struct sdd_lock_claim claim = claim_of(letter, token);

	return sdd_lock_release(&claim, bytes_of("k"));
}

/* In an earlier tick. */
static void given(char letter, uint64_t token)
{
	assert_int_equal(take(letter, token), SDD_LOCK_GRANTED);
	next_tick();
}

static uint64_t locks_held(void)
{
	struct sdd_locks_numbers numbers;

	sdd_locks_numbers(it.locks, &numbers);
	return numbers.held;
}

/* {{{ the table */

/* The lock is on connection A, with that token. */
static const struct {
	uint64_t token; /* FREE: there is no lock */
	char connection;
	uint64_t asked;              /* with that token */
	enum sdd_lock_result result; /* of ml that waits */
	bool is_claimants;           /* for mu and H */
} cases[] = {
	{FREE, 'A', 0, SDD_LOCK_GRANTED, false}, {FREE, 'A', 1, SDD_LOCK_GRANTED, false},
	{0, 'A', 0, SDD_LOCK_GRANTED, true},     {0, 'A', 1, SDD_LOCK_GRANTED, false},
	{0, 'B', 0, SDD_LOCK_WAITING, false},    {0, 'B', 1, SDD_LOCK_WAITING, false},
	{1, 'A', 0, SDD_LOCK_REFUSED, false},    {1, 'A', 1, SDD_LOCK_GRANTED, true},
	{1, 'A', 2, SDD_LOCK_REFUSED, false},    {1, 'B', 0, SDD_LOCK_WAITING, false},
	{1, 'B', 1, SDD_LOCK_GRANTED, true},     {1, 'B', 2, SDD_LOCK_WAITING, false},
};
#define CASES (sizeof(cases) / sizeof(cases[0]))

static void set_up(size_t number)
{
	void *state = NULL;

	(void)start(&state);
	print_message("case %zu\n", number);
	if (cases[number].token != FREE) {
		given('A', cases[number].token);
	}
}

static void who_asks_for_a_lock_gets_it_by_its_token_or_its_connection(void **state)
{
	for (size_t i = 0; i < CASES; i++) {
		enum sdd_lock_result result = cases[i].result;

		set_up(i);
		assert_int_equal(wait_for(cases[i].connection, cases[i].asked), result);
		assert_int_equal(is_held(cases[i].connection, cases[i].asked), result == SDD_LOCK_GRANTED);
		(void)stop(state);
		set_up(i);
		assert_int_equal(take(cases[i].connection, cases[i].asked),
		                 result == SDD_LOCK_WAITING ? SDD_LOCK_REFUSED : result);
		assert_int_equal(locks_held(), 1);
		(void)stop(state);
	}
}

static void who_writes_or_unlocks_needs_the_token_or_the_connection(void **state)
{
	for (size_t i = 0; i < CASES; i++) {
		set_up(i);
		assert_int_equal(is_held(cases[i].connection, cases[i].asked), cases[i].is_claimants);
		assert_int_equal(release(cases[i].connection, cases[i].asked), cases[i].is_claimants);
		assert_false(release(cases[i].connection, cases[i].asked));
		assert_false(is_held(cases[i].connection, cases[i].asked));
		next_tick();
		assert_int_equal(locks_held(), cases[i].token != FREE && !cases[i].is_claimants);
		(void)stop(state);
	}
}

/* }}} */

/* {{{ a lock is taken over */

static void a_lock_that_was_taken_over_ends_with_its_new_connection_alone(void **state)
{
	(void)state;
	given('A', 1);
	given('B', 1);
	end('A');
	assert_true(is_held('C', 1));
	end('B');
	assert_false(is_held('C', 1));
	assert_int_equal(locks_held(), 0);
}

static void who_takes_a_lock_over_comes_before_those_who_wait(void **state)
{
	(void)state;
	given('A', 1);
	assert_int_equal(wait_for('C', 3), SDD_LOCK_WAITING);
	next_tick();
	assert_int_equal(take('B', 1), SDD_LOCK_GRANTED);
	next_tick();
	end('A');
	assert_string_equal(it.decided, "");
	assert_true(release('B', 1));
	next_tick();
	assert_string_equal(it.decided, "C");
	assert_true(is_held('D', 3));
	assert_false(is_held('D', 1));
	assert_false(is_held('C', 0));
}

static void who_takes_a_lock_over_gets_a_new_lease(void **state)
{
	(void)state;
	assert_int_equal(acquire('A', 1, 20, 0), SDD_LOCK_GRANTED);
	assert_int_equal(take('B', 1), SDD_LOCK_GRANTED);
	assert_int_equal(acquire('C', 3, LONG_MS, 40), SDD_LOCK_WAITING);
	wait_until_decided();
	assert_string_equal(it.decided, "c");
	assert_true(is_held('B', 1));
	/* at whose end it is the next one's */
	it.decided[0] = '\0';
	assert_int_equal(acquire('A', 1, 20, 0), SDD_LOCK_GRANTED);
	assert_int_equal(wait_for('C', 3), SDD_LOCK_WAITING);
	next_tick();
	wait_until_decided();
	assert_string_equal(it.decided, "C");
	assert_false(is_held('B', 1));
}

/* A request that was long on its way, on a connection that the client has closed since. */
static void a_lock_stays_with_the_connection_that_was_opened_last(void **state)
{
	(void)state;
	given('B', 1);
	given('A', 1);
	end('A');
	assert_true(is_held('C', 1));
	end('B');
	assert_int_equal(locks_held(), 0);
}

static void to_write_or_unlock_on_another_connection_moves_no_lock(void **state)
{
	(void)state;
	given('A', 1);
	assert_true(is_held('B', 1));
	assert_true(is_held('\0', 1)); /* that has never asked for a lock */
	next_tick();
	end('B');
	assert_true(is_held('\0', 1));
	end('A');
	assert_int_equal(locks_held(), 0);
	given('C', 1);
	assert_true(release('\0', 1));
	next_tick();
	assert_int_equal(locks_held(), 0);
}

static void a_claim_without_anything_is_none(void **state)
{
	(void)state;
	given('A', 0);
	assert_false(is_held('\0', 0));
	assert_false(release('\0', 0));
}

static void a_lock_counts_for_the_connection_that_has_it(void **state)
{
	struct sdd_lock_terms terms = {.lease_ms = LONG_MS, .reply_flags = {"", 0}};
	char key[16];

	(void)state;
	given('A', 1);
	for (int i = 0; i < SDD_LOCKS_MAX; i++) {
		(void)snprintf(key, sizeof(key), "key%d", i);
		terms.token = (uint64_t)i + 2;
		assert_int_equal(
			sdd_lock_acquire(it.holders[1], (struct sd_bytes){key, strlen(key)}, &terms),
			SDD_LOCK_GRANTED);
	}
	assert_int_equal(take('B', 1), SDD_LOCK_TOO_MANY);
	next_tick();
	end('B');
	assert_true(is_held('A', 1));
	given('C', 1);
	for (int i = 0; i < SDD_LOCKS_MAX; i++) { /* A has none any more */
		(void)snprintf(key, sizeof(key), "key%d", i);
		assert_int_equal(
			sdd_lock_acquire(it.holders[0], (struct sd_bytes){key, strlen(key)}, &terms),
			SDD_LOCK_GRANTED);
	}
	assert_false(sdd_lock_holder_is_busy(it.holders[3]));
	assert_true(sdd_lock_holder_is_busy(it.holders[2]));
	assert_true(release('D', 1));
	next_tick();
	assert_false(sdd_lock_holder_is_busy(it.holders[2]));
}

/* }}} */

/* {{{ a tick is run again */

static void a_tick_that_is_run_again_undoes_a_takeover(void **state)
{
	(void)state;
	given('A', 1);
	assert_int_equal(take('B', 1), SDD_LOCK_GRANTED);
	assert_int_equal(take('C', 1), SDD_LOCK_GRANTED);
	sdd_locks_replay(it.locks);
	end('B');
	end('C');
	assert_true(is_held('A', 1));
	end('A');
	assert_int_equal(locks_held(), 0);
}

static void and_a_takeover_with_a_release_behind_it_or_in_front_of_it(void **state)
{
	(void)state;
	given('A', 1);
	assert_int_equal(take('B', 1), SDD_LOCK_GRANTED);
	assert_true(release('B', 1));
	sdd_locks_replay(it.locks);
	assert_true(is_held('A', 1));
	assert_true(release('A', 1));
	assert_int_equal(take('B', 1), SDD_LOCK_GRANTED);
	sdd_locks_replay(it.locks);
	end('B');
	assert_true(is_held('A', 1));
}

static void and_what_token_a_lock_got(void **state)
{
	(void)state;
	given('A', 0);
	assert_int_equal(take('A', 1), SDD_LOCK_GRANTED);
	assert_true(is_held('B', 1));
	sdd_locks_replay(it.locks);
	assert_true(is_held('A', 0));
	assert_true(release('A', 0));
	assert_int_equal(take('A', 2), SDD_LOCK_GRANTED);
	sdd_locks_replay(it.locks);
	assert_true(is_held('A', 0));
}

static void a_lock_does_not_go_back_to_a_connection_that_has_ended(void **state)
{
	(void)state;
	given('A', 1);
	assert_int_equal(take('B', 1), SDD_LOCK_GRANTED);
	end('A');
	sdd_locks_replay(it.locks);
	assert_true(is_held('B', 1));
	end('B');
	assert_int_equal(locks_held(), 0);
}

static void the_end_of_who_has_taken_it_over_is_not_undone(void **state)
{
	(void)state;
	given('A', 1);
	assert_int_equal(wait_for('C', 3), SDD_LOCK_WAITING);
	next_tick();
	assert_int_equal(take('B', 1), SDD_LOCK_GRANTED);
	end('B');
	assert_string_equal(it.decided, "C");
	sdd_locks_replay(it.locks);
	assert_true(is_held('C', 3));
	end('C');
	assert_int_equal(locks_held(), 0);
}

static void a_takeover_is_for_good_when_its_tick_ends(void **state)
{
	(void)state;
	given('A', 1);
	given('B', 1);
	sdd_locks_replay(it.locks);
	end('A');
	assert_true(is_held('B', 1));
}

/* }}} */

/* {{{ released in the same tick */

static void who_releases_and_asks_again_elsewhere_has_it_if_nobody_waits(void **state)
{
	(void)state;
	given('A', 1);
	assert_true(release('A', 1));
	assert_int_equal(take('C', 3), SDD_LOCK_REFUSED);
	assert_int_equal(take('B', 1), SDD_LOCK_GRANTED);
	next_tick();
	end('A');
	assert_true(is_held('B', 1));
	/* another holder on the connection too, which has nobody in front of it */
	assert_true(release('B', 1));
	assert_int_equal(take('B', 2), SDD_LOCK_GRANTED);
	next_tick();
	assert_true(is_held('C', 2));
}

static void who_releases_and_asks_again_elsewhere_comes_after_those_who_wait(void **state)
{
	(void)state;
	given('A', 1);
	assert_int_equal(wait_for('C', 3), SDD_LOCK_WAITING);
	next_tick();
	assert_true(release('A', 1));
	assert_int_equal(take('B', 1), SDD_LOCK_REFUSED);
	assert_int_equal(wait_for('B', 1), SDD_LOCK_WAITING);
	next_tick();
	assert_string_equal(it.decided, "C");
	assert_true(release('C', 3));
	assert_int_equal(wait_for('C', 4), SDD_LOCK_WAITING);
	next_tick();
	assert_string_equal(it.decided, "CB");
}

/* }}} */

/* {{{ waiting twice */

static void who_waits_and_asks_again_elsewhere_keeps_its_place(void **state)
{
	struct sdd_locks_numbers numbers;

	(void)state;
	given('A', 1);
	assert_int_equal(wait_for('B', 2), SDD_LOCK_WAITING);
	assert_int_equal(wait_for('C', 3), SDD_LOCK_WAITING);
	next_tick();
	assert_int_equal(take('D', 2), SDD_LOCK_REFUSED); /* one try changes nothing */
	assert_int_equal(wait_for('D', 2), SDD_LOCK_WAITING);
	assert_string_equal(it.decided, "");
	next_tick();
	assert_string_equal(it.decided, "b");
	sdd_locks_numbers(it.locks, &numbers);
	assert_int_equal(numbers.waiting, 2);
	assert_int_equal(wait_for('E', 4), SDD_LOCK_CROWDED);
	assert_true(release('A', 1));
	next_tick();
	assert_string_equal(it.decided, "bD");
	assert_true(release('D', 2));
	next_tick();
	assert_string_equal(it.decided, "bDC");
}

static void twice_in_one_tick_the_last_one_counts(void **state)
{
	(void)state;
	given('A', 1);
	assert_int_equal(wait_for('B', 2), SDD_LOCK_WAITING);
	assert_int_equal(wait_for('C', 2), SDD_LOCK_WAITING);
	assert_int_equal(wait_for('D', 2), SDD_LOCK_WAITING);
	assert_int_equal(wait_for('C', 2), SDD_LOCK_REFUSED); /* it was on its way for longer */
	next_tick();
	assert_string_equal(it.decided, "b");
	assert_true(release('A', 1));
	next_tick();
	assert_string_equal(it.decided, "bD");
}

static void without_a_token_everybody_waits_for_itself(void **state)
{
	(void)state;
	given('A', 0);
	assert_int_equal(wait_for('B', 0), SDD_LOCK_WAITING);
	assert_int_equal(wait_for('C', 0), SDD_LOCK_WAITING);
	assert_int_equal(wait_for('D', 0), SDD_LOCK_CROWDED);
	next_tick();
	assert_true(release('A', 0));
	next_tick();
	assert_true(release('B', 0));
	next_tick();
	assert_string_equal(it.decided, "BC");
}

static void the_first_wait_outlasts_a_second_one_that_is_undone(void **state)
{
	(void)state;
	given('A', 1);
	assert_int_equal(wait_for('B', 2), SDD_LOCK_WAITING);
	next_tick();
	assert_int_equal(wait_for('D', 2), SDD_LOCK_WAITING);
	sdd_locks_replay(it.locks);
	assert_string_equal(it.decided, "");
	assert_true(release('A', 1));
	next_tick();
	assert_string_equal(it.decided, "B");
}

static void the_second_one_gets_a_lock_that_is_free_in_the_same_tick(void **state)
{
	(void)state;
	assert_int_equal(acquire('A', 1, 20, 0), SDD_LOCK_GRANTED);
	assert_int_equal(wait_for('B', 2), SDD_LOCK_WAITING);
	next_tick();
	assert_int_equal(wait_for('D', 2), SDD_LOCK_WAITING);
	wait_until_decided();
	assert_string_equal(it.decided, "bD");
	next_tick();
	end('B');
	assert_true(is_held('D', 2));
}

/* }}} */

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_asks_for_a_lock_gets_it_by_its_token_or_its_connection),
		cmocka_unit_test(who_writes_or_unlocks_needs_the_token_or_the_connection),
		TEST(a_lock_that_was_taken_over_ends_with_its_new_connection_alone),
		TEST(who_takes_a_lock_over_comes_before_those_who_wait),
		TEST(who_takes_a_lock_over_gets_a_new_lease),
		TEST(a_lock_stays_with_the_connection_that_was_opened_last),
		TEST(to_write_or_unlock_on_another_connection_moves_no_lock),
		TEST(a_claim_without_anything_is_none),
		TEST(a_lock_counts_for_the_connection_that_has_it),
		TEST(a_tick_that_is_run_again_undoes_a_takeover),
		TEST(and_a_takeover_with_a_release_behind_it_or_in_front_of_it),
		TEST(and_what_token_a_lock_got),
		TEST(a_lock_does_not_go_back_to_a_connection_that_has_ended),
		TEST(the_end_of_who_has_taken_it_over_is_not_undone),
		TEST(a_takeover_is_for_good_when_its_tick_ends),
		TEST(who_releases_and_asks_again_elsewhere_has_it_if_nobody_waits),
		TEST(who_releases_and_asks_again_elsewhere_comes_after_those_who_wait),
		TEST(who_waits_and_asks_again_elsewhere_keeps_its_place),
		TEST(twice_in_one_tick_the_last_one_counts),
		TEST(without_a_token_everybody_waits_for_itself),
		TEST(the_first_wait_outlasts_a_second_one_that_is_undone),
		TEST(the_second_one_gets_a_lock_that_is_free_in_the_same_tick),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
