/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * One server by two names, and two servers by one, as the policy sees them: one copy, one lock, and
 * no belief in a lock that binds only those who reach one of two servers.
 */

#include "client/policy/session.h"
#include "tests/unit/client/three_servers.h"

#define TTL_S 1440

/* {{{ one server by two names */

/* From now on the key's servers are one, of which nobody knows anything yet. */
static void be_one(struct pool *pool)
{
	use_stores(pool);
	fake_is(&pool->network, pool->second, pool->at_first);
	pool->at_first->is_strange = true;
	pool->at_first->after_ms = 1;
}

/* The same, and both names have been greeted. */
static void be_known(struct pool *pool)
{
	be_one(pool);
	(void)do_look(pool);
	assert_true(pool->network.transport.has_odd_names);
	fake_forget(&pool->network);
}

static void assert_asked_the_first_alone(const struct pool *pool)
{
	assert_in_range(pool->network.asked_count, 1, FAKE_ASKED_MAX);
	for (size_t i = 0; i < pool->network.asked_count; i++) {
		assert_ptr_equal(pool->network.asked[i].server, pool->first);
	}
}

static void a_set_greets_both_and_is_stored_once(void **state)
{
	struct pool *pool = *state;

	be_one(pool);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->entry.stored, 1);
	assert_int_equal(pool->network.asked_count, 3);
	assert_asked(&pool->network.asked[0], 1, SD_GREET, pool->first);
	assert_asked(&pool->network.asked[1], 1, SD_GREET, pool->second);
	assert_asked(&pool->network.asked[2], 2, SD_SET, pool->first);
}

static void a_set_to_both_names_at_once_counts_one_copy(void **state)
{
	struct pool *pool = *state;

	be_one(pool);
	pool->at_first->is_strange = false; /* connections that do not know of a restart yet */
	for (size_t i = 0; i < pool->network.script_count; i++) {
		pool->network.scripts[i].is_greeted = true;
	}
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->entry.stored, 1);
}

static void a_first_read_asks_both_and_each_later_one_the_first_alone(void **state)
{
	struct pool *pool = *state;

	be_one(pool);
	fake_put(pool->at_first, KEY, "the value", OLD);
	assert_got(pool, "the value", OLD);
	assert_asked_both_at_once(pool, SD_GET, SD_EXISTS);
	fake_forget(&pool->network);
	assert_int_equal(do_get(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "the value");
	assert_asked_the_first_alone(pool);
	assert_int_equal(pool->network.rounds, 1);
}

static void each_operation_asks_one_name_and_counts_one_copy(void **state)
{
	struct pool *pool = *state;

	be_known(pool);
	assert_int_equal(do_add(pool), SD_OK);
	assert_int_equal(pool->entry.stored, 1);
	assert_int_equal(do_add(pool), SD_CONFLICT);
	assert_int_equal(do_replace(pool), SD_OK);
	assert_int_equal(do_cas(pool, version_at(pool->at_first)), SD_OK);
	assert_int_equal(pool->entry.stored, 1);
	assert_int_equal(do_touch(pool, 60), SD_OK);
	assert_int_equal(do_look(pool), SD_OK);
	assert_int_equal(do_set_for(pool, "7", 0), SD_OK);
	assert_int_equal(pool->entry.stored, 1);
	assert_int_equal(do_adjust(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "8");
	assert_int_equal(do_delete(pool), SD_OK);
	assert_int_equal(pool->entry.stored, 1);
	assert_missed(pool);
	assert_asked_the_first_alone(pool);
}

static void a_first_change_decides_once(void **state)
{
	static const struct sd_change adding = {.kind = SD_ADJUST, .delta = 1};
	struct pool *pool = *state;
	int64_t began_ms;

	for (int is_locked = 0; is_locked < 2; is_locked++) {
		struct kept kept = {.sink = kept_sink};
		struct sd_entry entry = {.key = key, .sink = &kept.sink};

		be_one(pool);
		fake_put(pool->at_first, KEY, "7", OLD);
		began_ms = pool->clock_ms;
		memset(entry.replicas, 0x5a, sizeof(entry.replicas)); /* the policy's own */
		assert_int_equal(
			is_locked ? sd_change_entry(&pool->policy, &entry, &adding, &pool->error)
					  : sd_change_entry_unlocked(&pool->policy, &entry, &adding, &pool->error),
			SD_OK);
		assert_int_equal(entry.stored, 1);
		assert_string_equal(fake_entry_of(pool->at_first, KEY)->value, "8");
		assert_in_range(pool->clock_ms - began_ms, 0, 10); /* no wait for its own lock */
		assert_string_equal(pool->at_first->locks[0].key, "");
	}
}

static void old_greetings_are_made_anew_before_the_operation(void **state)
{
	struct pool *pool = *state;

	be_known(pool);
	pool->network.must_greet = 2;
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->entry.stored, 1);
	assert_int_equal(times_asked(&pool->network, SD_GREET), 2);
	assert_int_equal(times_asked(&pool->network, SD_SET), 1);
	pool->network.must_greet = 100; /* it never gets to know: two, as long as nobody knows better */
	assert_int_equal(do_look(pool), SD_OK);
	assert_int_equal(times_asked(&pool->network, SD_EXISTS), 2);
}

static void the_second_name_is_asked_if_the_first_leads_nowhere(void **state)
{
	struct pool *pool = *state;

	be_known(pool);
	fake_refuses(&pool->network, pool->first, 1);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->entry.stored, 1);
	assert_int_equal(do_get(pool), SD_OK);
}

/* The first name leads to a machine that refuses. */
static void move_first(struct pool *pool)
{
	struct fake_store *nowhere = pool->at_second;

	nowhere->act = FAKE_REFUSES;
	nowhere->is_marked_when_refusing = true;
	fake_is(&pool->network, pool->first, nowhere);
}

static void the_second_name_is_asked_if_the_first_breaks_under_the_operation(void **state)
{
	struct pool *pool = *state;

	be_known(pool);
	fake_put(pool->at_first, KEY, "the value", OLD);
	interrupt(pool, 1, move_first);
	assert_got(pool, "the value", OLD);
	assert_ptr_equal(last_asked(&pool->network)->server, pool->second);
}

static void what_the_only_server_has_is_served_and_never_proven_by_itself(void **state)
{
	struct pool *pool = *state;

	be_one(pool);
	fake_put(pool->at_first, KEY, "the value", OLD);
	fake_restart(pool->at_first);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(do_get(pool), SD_OK);
		assert_string_equal(pool->kept.bytes, "the value");
		assert_int_equal(do_look(pool), SD_OK);
	}
	assert_false(is_proven(pool->at_first));
}

static void what_one_of_two_servers_has_is_not_believed_by_both_names(void **state)
{
	struct pool *pool = *state;

	be_known(pool);
	pool->at_first->was_two = true;
	fake_put(pool->at_first, KEY, "7", OLD);
	assert_got(pool, "7", OLD); /* it was not away */
	fake_restart(pool->at_first);
	assert_int_equal(do_get(pool), SD_UNPROVEN);
	assert_int_equal(do_adjust(pool), SD_UNPROVEN);
	assert_false(is_proven(pool->at_first));
	assert_has(pool->at_first, "7", OLD);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(do_get(pool), SD_OK);
}

static void of_three_servers_two_of_which_are_one_the_other_pairs_are_pairs(void **state)
{
	struct pool *pool = *state;
	size_t counts[3] = {0};

	be_known(pool);
	for (unsigned i = 0; i < 8; i++) {
		char name[] = "key0";
		struct sd_entry entry = {.data = {"v", 1}};
		size_t owners[2];
		bool has_third;

		name[3] = (char)(name[3] + i);
		entry.key = (struct sd_bytes){name, 4};
		(void)sd_pool_owners(&pool->policy.pool, entry.key, owners);
		has_third =
			&pool->servers[owners[0]] == pool->third || &pool->servers[owners[1]] == pool->third;
		assert_int_equal(sd_write_set(&pool->policy, &entry, 1, 0, &pool->error), SD_OK);
		assert_int_equal(entry.stored, has_third ? 2 : 1);
		counts[entry.stored]++;
	}
	assert_true(counts[1] > 0 && counts[2] > 0);
}

/* The first name leads to another server again, which nobody has reached by it yet. */
static void part(struct pool *pool)
{
	fake_cut(&pool->network, pool->at_first); /* the connection ends by which it was reached */
	fake_is(&pool->network, pool->first, pool->at_second);
	pool->at_second->is_strange = true;
	pool->at_second->after_ms = 1;
}

/* Both names were one server when the operation began; and that has what was stored there. */
static void be_parted(struct pool *pool)
{
	pool->network.meanwhile = NULL;
	pool->network.is_for_sessions = false;
	be_known(pool);
	fake_put(pool->at_first, KEY, "7", OLD);
	fake_evict(pool->at_second, KEY);
	interrupt(pool, 1, part);
}

static void what_is_asked_of_one_name_is_asked_of_both_if_it_leads_to_another_server(void **state)
{
	struct pool *pool = *state;

	be_parted(pool);
	assert_got(pool, "7", OLD);
	be_parted(pool);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->entry.stored, 2);
	assert_int_equal(times_asked(&pool->network, SD_SET), 3); /* one of which was not sent */
	be_parted(pool);
	assert_int_equal(do_delete(pool), SD_OK);
	assert_int_equal(pool->entry.stored, 1);
	assert_true(fake_entry_of(pool->at_first, KEY)->is_tombstone);
}

/* ... and to a third one after that. */
static void part_twice(struct pool *pool)
{
	static struct fake_store elsewhere;

	if (pool->network.rounds == 1) {
		part(pool);
		pool->meanwhile_round = 2;
	} else {
		elsewhere = (struct fake_store){0};
		fake_is(&pool->network, pool->first, &elsewhere);
	}
}

static void what_is_asked_of_both_is_sent_whatever_they_are(void **state)
{
	struct pool *pool = *state;

	be_parted(pool);
	interrupt(pool, 1, part_twice);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->entry.stored, 2);
}

static void so_it_is_with_a_change_before_and_after_it_has_its_lock(void **state)
{
	static const struct sd_change adding = {.kind = SD_ADJUST, .delta = 1};
	struct pool *pool = *state;

	for (unsigned round = 1; round <= 3; round++) {
		struct kept kept = {.sink = kept_sink};
		struct sd_entry entry = {.key = key, .sink = &kept.sink};

		be_parted(pool);
		interrupt(pool, round, part);
		memset(entry.replicas, 0x5a, sizeof(entry.replicas)); /* the policy's own */
		assert_int_equal(sd_change_entry(&pool->policy, &entry, &adding, &pool->error), SD_OK);
		if (round < 3) {
			assert_int_equal(entry.stored, 2);
			assert_both_have(pool, "8");
		}
		assert_string_equal(kept.bytes, "8");
	}
}

/* }}} */

/* {{{ sessions on one server */

static struct sd_session session;
static struct sd_session_rules rules = {.locks = true, .lease_s = 30, .wait_ms = 5000};

static enum sd_status begin(struct pool *pool)
{
	enum sd_status status;

	fake_forget(&pool->network);
	pool->network.is_for_sessions = true;
	status = sd_session_begin(&session, &rules, &pool->kept.sink, &pool->error);
	return status;
}

static void open_session(struct pool *pool)
{
	kept_restart(&pool->kept.sink);
	pool->network.is_for_sessions = true;
	assert_int_equal(sd_session_init(&session, &pool->policy, key, &pool->error), SD_OK);
}

static enum sd_status write(struct pool *pool, const char *text)
{
	pool->network.is_for_sessions = true;
	return sd_session_write(&session, (struct sd_bytes){text, strlen(text)}, TTL_S, &pool->error);
}

static void assert_free(struct fake_store *store)
{
	for (size_t i = 0; i < FAKE_ENTRIES_MAX; i++) {
		assert_string_equal(store->locks[i].key, "");
	}
}

static void a_session_never_waits_for_its_own_lock(void **state)
{
	struct pool *pool = *state;

	be_one(pool);
	open_session(pool);
	for (int i = 0; i < 3; i++) { /* the names are strange, then known */
		int64_t began_ms = pool->clock_ms;

		assert_int_equal(begin(pool), i == 0 ? SD_ABSENT : SD_OK);
		assert_int_equal(session.hold, SD_SESSION_LOCKED);
		assert_int_equal(session.lock.holders, 1);
		if (i > 0) {
			assert_asked_the_first_alone(pool);
		}
		assert_int_equal(write(pool, "the session"), SD_OK);
		assert_in_range(pool->clock_ms - began_ms, 0, 10);
		assert_free(pool->at_first);
	}
}

/* The request on the second name is the one that comes first. */
static void let_second_lock(struct pool *pool)
{
	struct fake_lock *lock = &pool->at_first->locks[0];

	memcpy(lock->key, KEY, sizeof(KEY));
	lock->connection = pool->network.connection + FAKE_OTHER_NAME;
	lock->until_ms = FAKE_NEVER;
}

static void a_lock_that_the_second_name_got_first_is_given_back(void **state)
{
	struct pool *pool = *state;
	int64_t began_ms = pool->clock_ms;

	be_one(pool);
	open_session(pool);
	interrupt(pool, 1, let_second_lock);
	assert_int_equal(sd_session_begin(&session, &rules, &pool->kept.sink, &pool->error), SD_ABSENT);
	assert_int_equal(session.hold, SD_SESSION_LOCKED);
	assert_in_range(pool->clock_ms - began_ms, 0, 10);
	assert_int_equal(pool->at_first->locks[0].connection, pool->network.connection);
	assert_int_equal(write(pool, "the session"), SD_OK);
	assert_free(pool->at_first);
}

/* The first name is locked by somebody else, and the second leads nowhere for a moment. */
static void lose_second(struct pool *pool)
{
	struct fake_lock *lock = &pool->at_first->locks[0];

	memcpy(lock->key, KEY, sizeof(KEY));
	lock->connection = 77;
	lock->until_ms = pool->clock_ms + 500;
	fake_refuses(&pool->network, pool->second, 1);
}

static void find_second(struct pool *pool)
{
	fake_is(&pool->network, pool->second, pool->at_first);
	pool->at_first->is_strange = true;
}

static void lose_and_find_second(struct pool *pool)
{
	if (pool->network.rounds == 1) {
		lose_second(pool);
		pool->meanwhile_round = 2;
	} else {
		find_second(pool);
	}
}

static void a_second_name_that_comes_back_does_not_wait_for_the_first_ones_lock(void **state)
{
	struct pool *pool = *state;
	int64_t began_ms = pool->clock_ms;

	be_one(pool);
	open_session(pool);
	interrupt(pool, 1, lose_and_find_second);
	assert_int_equal(sd_session_begin(&session, &rules, &pool->kept.sink, &pool->error), SD_ABSENT);
	assert_int_equal(session.hold, SD_SESSION_LOCKED);
	assert_in_range(pool->clock_ms - began_ms, 400, 600); /* for somebody else's */
	assert_int_equal(write(pool, "the session"), SD_OK);
	assert_free(pool->at_first);
}

static void
a_second_name_that_was_greeted_long_ago_does_not_wait_for_the_first_ones_lock(void **state)
{
	struct pool *pool = *state;
	int64_t began_ms = pool->clock_ms;

	be_one(pool);
	pool->at_first->is_strange = false; /* a kept connection by the second name, and a new one */
	for (size_t i = 0; i < pool->network.script_count; i++) {
		pool->network.scripts[i].is_greeted = pool->network.scripts[i].server == pool->second;
	}
	pool->network.must_greet = 1;
	open_session(pool);
	assert_int_equal(begin(pool), SD_ABSENT);
	assert_int_equal(session.hold, SD_SESSION_LOCKED);
	assert_int_equal(session.lock.holders, 1);
	assert_in_range(pool->clock_ms - began_ms, 0, 10);
	assert_asked(last_asked(&pool->network), pool->network.rounds, SD_GREET, pool->second);
	assert_int_equal(write(pool, "the session"), SD_OK);
	assert_free(pool->at_first);
}

static void a_lock_held_by_the_second_name_alone_is_used(void **state)
{
	struct pool *pool = *state;

	be_one(pool);
	open_session(pool);
	fake_refuses(&pool->network, pool->first, 1); /* for a moment */
	assert_int_equal(begin(pool), SD_ABSENT);
	fake_is(&pool->network, pool->first, pool->at_first);
	pool->network.is_for_sessions = false;
	(void)do_look(pool);
	assert_int_equal(write(pool, "the session"), SD_OK);
	assert_string_equal(fake_entry_of(pool->at_first, KEY)->value, "the session");
	assert_free(pool->at_first);
}

static void a_session_that_is_read_again_gives_the_second_names_lock_back_first(void **state)
{
	struct pool *pool = *state;
	int64_t began_ms;

	be_one(pool);
	open_session(pool);
	fake_refuses(&pool->network, pool->first, 1);
	assert_int_equal(begin(pool), SD_ABSENT);
	fake_is(&pool->network, pool->first, pool->at_first);
	pool->network.is_for_sessions = false;
	(void)do_look(pool);
	began_ms = pool->clock_ms;
	assert_int_equal(begin(pool), SD_ABSENT);
	assert_in_range(pool->clock_ms - began_ms, 0, 20);
	assert_int_equal(session.lock.holders, 1);
	assert_int_equal(write(pool, "the session"), SD_OK);
	assert_free(pool->at_first);
}

static void a_session_asks_both_names_if_the_first_leads_to_another_server(void **state)
{
	struct pool *pool = *state;

	for (int is_ambiguous = 0; is_ambiguous < 2; is_ambiguous++) {
		be_parted(pool);
		pool->at_second->is_ambiguous = is_ambiguous != 0;
		open_session(pool);
		assert_int_equal(begin(pool), SD_OK);
		assert_string_equal(pool->kept.bytes, "7");
		assert_int_equal(session.hold, SD_SESSION_LOCKED);
		assert_int_equal(session.lock.holders, is_ambiguous ? 1 : 2);
		assert_int_equal(write(pool, "the session"), SD_OK);
		assert_both_have(pool, "the session");
		assert_free(pool->at_first);
		assert_free(pool->at_second);
	}
}

static void a_session_whose_names_have_parted_ends_in_time_if_both_servers_die(void **state)
{
	struct pool *pool = *state;

	be_parted(pool);
	open_session(pool);
	assert_int_equal(begin(pool), SD_OK);
	fake_refuses(&pool->network, pool->first, 1);
	fake_refuses(&pool->network, pool->second, 1);
	assert_int_equal(sd_session_touch(&session, (struct sd_bytes){"7", 1}, TTL_S, &pool->error),
	                 SD_UNREACHABLE);
}

static void a_first_name_that_comes_back_does_not_wait_for_the_second_ones_lock(void **state)
{
	struct pool *pool = *state;
	int64_t began_ms;

	be_one(pool);
	open_session(pool);
	fake_refuses(&pool->network, pool->first, 1);
	assert_int_equal(begin(pool), SD_ABSENT);
	fake_is(&pool->network, pool->first, pool->at_first); /* nobody has asked it yet */
	began_ms = pool->clock_ms;
	assert_int_equal(begin(pool), SD_ABSENT);
	assert_in_range(pool->clock_ms - began_ms, 0, 20);
	assert_int_equal(session.hold, SD_SESSION_LOCKED);
	assert_int_equal(session.lock.holders, 1);
	assert_int_equal(write(pool, "the session"), SD_OK);
	assert_free(pool->at_first);
}

/* }}} */

/* {{{ two servers by one name */

static void a_session_fails_if_no_lock_is_believed(void **state)
{
	struct pool *pool = *state;
	int64_t began_ms = pool->clock_ms;

	use_stores(pool);
	pool->at_first->is_ambiguous = pool->at_second->is_ambiguous = true;
	open_session(pool);
	assert_int_equal(begin(pool), SD_CONFLICT);
	assert_int_equal(session.hold, SD_SESSION_REFUSED);
	assert_text_has(&pool->error, " leads to two servers");
	assert_in_range(pool->clock_ms - began_ms, 0, 100);
	assert_free(pool->at_first);
	assert_free(pool->at_second);
}

static void a_lock_on_the_other_server_is_enough(void **state)
{
	struct pool *pool = *state;

	for (int first = 0; first < 2; first++) {
		struct fake_store *odd = first ? pool->at_first : pool->at_second;
		struct fake_store *even = first ? pool->at_second : pool->at_first;

		use_stores(pool);
		fake_evict(pool->at_first, KEY);
		fake_evict(pool->at_second, KEY);
		odd->is_ambiguous = true;
		even->is_ambiguous = false;
		open_session(pool);
		assert_int_equal(begin(pool), SD_ABSENT);
		assert_int_equal(session.hold, SD_SESSION_LOCKED);
		assert_int_equal(session.lock.holders, 1);
		assert_free(odd);
		assert_int_equal(write(pool, "the session"), SD_OK);
		assert_both_have(pool, "the session");
		assert_free(even);
	}
}

static void a_session_without_a_believed_lock_writes_over_what_it_read_alone(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	pool->at_first->is_ambiguous = pool->at_second->is_ambiguous = true;
	rules.reads_anyway = true;
	fake_put(pool->at_first, KEY, "1", OLD);
	fake_put(pool->at_second, KEY, "1", OLD);
	open_session(pool);
	assert_int_equal(begin(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "1");
	assert_int_equal(session.hold, SD_SESSION_REFUSED);
	assert_int_equal(write(pool, "2"), SD_OK);
	assert_both_have(pool, "2");

	kept_restart(&pool->kept.sink);
	assert_int_equal(begin(pool), SD_OK);
	fake_put(pool->at_first, KEY, "theirs", version_at(pool->at_first) + 1);
	fake_put(pool->at_second, KEY, "theirs", version_at(pool->at_first));
	pool->clock_ms += SECOND_MS;
	assert_int_equal(write(pool, "ours"), SD_CONFLICT);
	assert_both_have(pool, "theirs");
	rules.reads_anyway = false;
}

static void a_change_goes_on_without_the_lock(void **state)
{
	static const struct sd_change adding = {.kind = SD_ADJUST, .delta = 1};
	struct pool *pool = *state;
	struct sd_entry entry = {.key = key, .sink = &pool->kept.sink};

	use_stores(pool);
	pool->at_first->is_ambiguous = pool->at_second->is_ambiguous = true;
	fake_put(pool->at_first, KEY, "7", OLD);
	fake_put(pool->at_second, KEY, "7", OLD);
	assert_int_equal(sd_change_entry(&pool->policy, &entry, &adding, &pool->error), SD_OK);
	assert_both_have(pool, "8");
	assert_free(pool->at_first);
	assert_free(pool->at_second);
}

static void a_write_without_redundancy_is_conditional_there(void **state)
{
	struct pool *pool = *state;
	struct sd_policy alone;
	struct sd_entry entry = {.key = key, .data = {"the value", 9}};
	struct fake_store *store;

	use_stores(pool);
	sd_policy_init(&alone, &pool->network.transport, &pool->options, false);
	assert_int_equal(sd_pool_add(&alone.pool, pool->first, &pool->error), SD_OK);
	store = pool->at_first;
	assert_int_equal(sd_write_set(&alone, &entry, 1, 0, &pool->error), SD_OK);
	assert_int_equal(last_asked(&pool->network)->condition, SD_ALWAYS);
	store->is_ambiguous = true;
	assert_int_equal(sd_write_set(&alone, &entry, 1, 0, &pool->error), SD_OK); /* finds it out */
	fake_forget(&pool->network);
	fake_put(store, KEY, "from a clock that is ahead", AHEAD);
	assert_int_equal(sd_write_set(&alone, &entry, 1, 0, &pool->error), SD_OK);
	assert_int_equal(pool->network.asked[0].condition, SD_IF_NEWER);
	assert_int_not_equal(pool->network.asked[0].version, 0);
	assert_string_equal(fake_entry_of(store, KEY)->value, "the value");
	assert_true(version_at(store) > AHEAD);
	assert_int_equal(sd_write_delete(&alone, &entry, 1, &pool->error), SD_OK);
	assert_int_equal(last_asked(&pool->network)->condition, SD_IF_NEWER);
	sd_pool_clear(&alone.pool);
}

/* }}} */

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_set_greets_both_and_is_stored_once),
		TEST(a_set_to_both_names_at_once_counts_one_copy),
		TEST(a_first_read_asks_both_and_each_later_one_the_first_alone),
		TEST(each_operation_asks_one_name_and_counts_one_copy),
		TEST(a_first_change_decides_once),
		TEST(old_greetings_are_made_anew_before_the_operation),
		TEST(the_second_name_is_asked_if_the_first_leads_nowhere),
		TEST(the_second_name_is_asked_if_the_first_breaks_under_the_operation),
		TEST(what_the_only_server_has_is_served_and_never_proven_by_itself),
		TEST(what_one_of_two_servers_has_is_not_believed_by_both_names),
		TEST(of_three_servers_two_of_which_are_one_the_other_pairs_are_pairs),
		TEST(what_is_asked_of_one_name_is_asked_of_both_if_it_leads_to_another_server),
		TEST(what_is_asked_of_both_is_sent_whatever_they_are),
		TEST(so_it_is_with_a_change_before_and_after_it_has_its_lock),
		TEST(a_session_asks_both_names_if_the_first_leads_to_another_server),
		TEST(a_first_name_that_comes_back_does_not_wait_for_the_second_ones_lock),
		TEST(a_session_whose_names_have_parted_ends_in_time_if_both_servers_die),
		TEST(a_session_never_waits_for_its_own_lock),
		TEST(a_lock_that_the_second_name_got_first_is_given_back),
		TEST(a_second_name_that_comes_back_does_not_wait_for_the_first_ones_lock),
		TEST(a_second_name_that_was_greeted_long_ago_does_not_wait_for_the_first_ones_lock),
		TEST(a_lock_held_by_the_second_name_alone_is_used),
		TEST(a_session_that_is_read_again_gives_the_second_names_lock_back_first),
		TEST(a_session_fails_if_no_lock_is_believed),
		TEST(a_lock_on_the_other_server_is_enough),
		TEST(a_session_without_a_believed_lock_writes_over_what_it_read_alone),
		TEST(a_change_goes_on_without_the_lock),
		TEST(a_write_without_redundancy_is_conditional_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
