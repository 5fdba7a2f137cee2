/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Operations on many keys: in how many rounds, and what a failure of some of them is. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/policy/operation.h"
#include "tests/unit/client/three_servers.h"

/* {{{ many keys at once */

#define ENTRIES 12 /* four with each of the three servers as their first */

/* Keys, and what belongs to each. */
struct many {
	char keys[ENTRIES][16];
	size_t owners[ENTRIES][2];
	struct kept kept[ENTRIES];
	struct sd_entry entries[ENTRIES];
};

static struct many the_many;

static struct many *make_many(struct pool *pool)
{
	struct many *many = &the_many;

	memset(many, 0, sizeof(*many));
	use_stores(pool);
	for (size_t i = 0, number = 0; i < ENTRIES; number++) {
		struct sd_entry *entry = &many->entries[i];

		(void)snprintf(many->keys[i], sizeof(many->keys[i]), "k%zu", number);
		entry->key = (struct sd_bytes){many->keys[i], strlen(many->keys[i])};
		entry->data = entry->key; /* its value */
		many->kept[i].sink = kept_sink;
		entry->sink = &many->kept[i].sink;
		assert_int_equal(sd_pool_owners(&pool->policy.pool, entry->key, many->owners[i]), 2);
		i += many->owners[i][0] == i % SERVERS;
	}
	return many;
}

static struct fake_store *store_of(struct pool *pool, const struct many *many, size_t entry,
                                   size_t owner)
{
	return &pool->stores[many->owners[entry][owner]];
}

static enum sd_status get_many(struct pool *pool, struct many *many)
{
	for (size_t i = 0; i < ENTRIES; i++) {
		kept_restart(many->entries[i].sink);
	}
	return sd_read_get(&pool->policy, many->entries, ENTRIES, &pool->error);
}

static void put_many(struct pool *pool, struct many *many, uint64_t on_first, uint64_t on_second)
{
	for (size_t i = 0; i < ENTRIES; i++) {
		fake_put(store_of(pool, many, i, 0), many->keys[i], many->keys[i], on_first);
		fake_put(store_of(pool, many, i, 1), many->keys[i], many->keys[i], on_second);
	}
}

static void assert_all_ok(const struct many *many, unsigned stored)
{
	for (size_t i = 0; i < ENTRIES; i++) {
		assert_int_equal(many->entries[i].status, SD_OK);
		assert_int_equal(many->entries[i].stored, stored);
	}
}

static void many_keys_are_written_in_one_round(void **state)
{
	struct pool *pool = *state;
	struct many *many = make_many(pool);

	assert_int_equal(sd_write_set(&pool->policy, many->entries, ENTRIES, 0, &pool->error), SD_OK);
	assert_int_equal(pool->network.rounds, 1);
	assert_int_equal(pool->network.asked_count, 2 * ENTRIES);
	assert_all_ok(many, 2);
	for (size_t i = 0; i < ENTRIES; i++) {
		assert_string_equal(fake_entry_of(store_of(pool, many, i, 0), many->keys[i])->value,
		                    many->keys[i]);
		assert_string_equal(fake_entry_of(store_of(pool, many, i, 1), many->keys[i])->value,
		                    many->keys[i]);
	}
	fake_forget(&pool->network);
	assert_int_equal(sd_write_delete(&pool->policy, many->entries, ENTRIES, &pool->error), SD_OK);
	assert_int_equal(pool->network.rounds, 1);
	assert_all_ok(many, 2);
}

static void many_keys_are_read_in_one_round(void **state)
{
	struct pool *pool = *state;
	struct many *many = make_many(pool);

	put_many(pool, many, OLD, OLD);
	assert_int_equal(get_many(pool, many), SD_OK);
	assert_int_equal(pool->network.rounds, 1);
	assert_int_equal(pool->network.asked_count, 2 * ENTRIES);
	assert_all_ok(many, 0);
	for (size_t i = 0; i < ENTRIES; i++) {
		assert_string_equal(many->kept[i].bytes, many->keys[i]);
	}
	fake_forget(&pool->network);
	assert_int_equal(sd_read_exists(&pool->policy, many->entries, ENTRIES, 0, &pool->error), SD_OK);
	assert_int_equal(pool->network.rounds, 1);
}

static void many_values_are_fetched_in_a_second_round_and_repaired_in_a_third(void **state)
{
	struct pool *pool = *state;
	struct many *many = make_many(pool);

	put_many(pool, many, OLD, NEW);
	assert_int_equal(get_many(pool, many), SD_OK);
	assert_int_equal(pool->network.rounds, 3);
	assert_int_equal(pool->network.asked_count, 4 * ENTRIES);
	assert_all_ok(many, 0);
	for (size_t i = 0; i < ENTRIES; i++) {
		assert_string_equal(many->kept[i].bytes, many->keys[i]);
		assert_int_equal(fake_entry_of(store_of(pool, many, i, 0), many->keys[i])->version, NEW);
	}
}

static void what_was_newer_of_many_is_looked_at_and_written_again(void **state)
{
	struct pool *pool = *state;
	struct many *many = make_many(pool);

	put_many(pool, many, OLD, OLD);
	fake_put(store_of(pool, many, 3, 0), many->keys[3], "ahead", AHEAD);
	fake_put(store_of(pool, many, 7, 1), many->keys[7], "ahead", AHEAD);
	assert_int_equal(sd_write_set(&pool->policy, many->entries, ENTRIES, 0, &pool->error), SD_OK);
	assert_int_equal(pool->network.rounds, 4);
	assert_int_equal(pool->network.asked_count, 2 * ENTRIES + 4 + 4);
	assert_all_ok(many, 2);
	assert_string_equal(fake_entry_of(store_of(pool, many, 7, 1), many->keys[7])->value,
	                    many->keys[7]);
}

static void a_server_that_is_down_spoils_no_key(void **state)
{
	struct pool *pool = *state;

	for (size_t act = 1; act < COUNT_OF(acts); act++) {
		struct many *many = make_many(pool);

		put_many(pool, many, OLD, OLD);
		pool->stores[1].act = acts[act];
		assert_int_equal(get_many(pool, many), SD_OK);
		assert_int_equal(pool->network.rounds, 2);
		for (size_t i = 0; i < ENTRIES; i++) {
			assert_int_equal(many->entries[i].status, SD_OK);
			assert_string_equal(many->kept[i].bytes, many->keys[i]);
		}
		for (size_t i = 0; i < pool->network.asked_count; i++) {
			const struct fake_asked *asked = &pool->network.asked[i];

			/* only those whose first it is are asked for once more */
			assert_true(asked->round == 1 || asked->server == &pool->servers[2]);
		}
		assert_int_equal(sd_write_set(&pool->policy, many->entries, ENTRIES, 0, &pool->error),
		                 SD_OK);
		for (size_t i = 0; i < ENTRIES; i++) {
			assert_int_equal(many->entries[i].stored,
			                 many->owners[i][0] == 1 || many->owners[i][1] == 1 ? 1 : 2);
		}
	}
}

static void only_the_keys_of_two_that_are_down_fail_and_the_first_of_them_is_told(void **state)
{
	static enum sd_status (*const operations[])(const struct sd_policy *, struct sd_entry *, size_t,
	                                            struct sd_error *) = {sd_read_get, sd_write_delete};
	struct pool *pool = *state;

	for (size_t kind = 0; kind < COUNT_OF(operations); kind++) {
		struct many *many = make_many(pool);
		char name[SD_SERVER_NAME_MAX];

		put_many(pool, many, OLD, OLD);
		pool->stores[1].act = FAKE_REFUSES;
		pool->stores[2].act = FAKE_STALLS;
		assert_int_equal(operations[kind](&pool->policy, many->entries, ENTRIES, &pool->error),
		                 SD_UNREACHABLE);
		for (size_t i = 0; i < ENTRIES; i++) {
			assert_int_equal(many->entries[i].status,
			                 many->owners[i][0] == 1 ? SD_UNREACHABLE : SD_OK);
		}
		assert_text_has(&pool->error, sd_server_name(&pool->servers[1], name));
		assert_text_has(&pool->error, "Connection refused");
		assert_text_has(&pool->error, sd_server_name(&pool->servers[2], name));
		assert_text_has(&pool->error, "no answer in time");
		assert_null(strstr(pool->error.text, pool->servers[0].host));
	}
}

static void of_keys_that_fail_for_different_reasons_the_first_is_told(void **state)
{
	struct pool *pool = *state;
	struct many *many = make_many(pool);
	char name[SD_SERVER_NAME_MAX];

	put_many(pool, many, OLD, OLD);
	pool->stores[0].act = FAKE_NEVER_CONNECTS;
	pool->stores[1].act = FAKE_REFUSES;
	pool->stores[2].act = FAKE_STALLS;
	assert_int_equal(get_many(pool, many), SD_UNREACHABLE);
	assert_int_equal(many->entries[2].status, SD_TIMEOUT);
	assert_text_has(&pool->error, sd_server_name(&pool->servers[0], name));
	assert_text_has(&pool->error, "no connection in time");
	assert_text_has(&pool->error, sd_server_name(&pool->servers[1], name));
	assert_text_has(&pool->error, "Connection refused");
	assert_null(strstr(pool->error.text, pool->servers[2].host));
}

static void a_short_timeout_of_one_server_does_not_cut_the_others_short(void **state)
{
	struct pool *pool = *state;
	struct many *many = make_many(pool);
	struct sd_entry two[2];

	/* one of server 0, which has time and takes it, and one of server 2, which must be quick */
	two[0] = many->entries[0];
	two[1] = many->entries[2];
	put_many(pool, many, OLD, OLD);
	pool->policy.pool.redundancy = false;
	pool->servers[2].timeout_ms = 100;
	pool->stores[0].after_ms = 1000;
	assert_int_equal(sd_read_get(&pool->policy, two, 2, &pool->error), SD_OK);
	assert_int_equal(two[0].status, SD_OK);
	assert_string_equal(many->kept[0].bytes, many->keys[0]);
	assert_int_equal(pool->network.asked[0].deadline_ms - pool->network.asked[0].at_ms,
	                 SERVER_TIMEOUT_MS);
}

static void a_slow_server_takes_no_time_from_other_keys_second_round(void **state)
{
	struct pool *pool = *state;
	struct many *many = make_many(pool);
	struct sd_entry two[2];

	/* the servers of one are quick and have little time; of the other's one is slow and may be */
	two[0] = many->entries[0];
	two[1] = many->entries[1];
	put_many(pool, many, OLD, NEW);
	pool->servers[0].timeout_ms = 300;
	pool->servers[1].timeout_ms = 300;
	pool->stores[2].after_ms = 1000;
	assert_int_equal(sd_read_get(&pool->policy, two, 2, &pool->error), SD_OK);
	assert_int_equal(two[0].status, SD_OK);
	assert_int_equal(two[1].status, SD_OK);
}

static void nobody_is_asked_for_other_keys_after_one_was_given_up(void **state)
{
	static const enum sd_status ends[] = {SD_ABORTED, SD_NO_MEMORY};
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(ends); i++) {
		struct many *many = make_many(pool);

		put_many(pool, many, OLD, NEW);
		fake_answers(&pool->network, &pool->servers[0], ends[i], 5);
		assert_int_equal(get_many(pool, many), ends[i]);
		assert_int_equal(pool->network.rounds, 1);
		make_many(pool);
		put_many(pool, many, AHEAD, AHEAD);
		fake_answers(&pool->network, &pool->servers[0], ends[i], 5);
		assert_int_equal(sd_write_set(&pool->policy, many->entries, ENTRIES, 0, &pool->error),
		                 ends[i]);
		assert_int_equal(pool->network.rounds, 1);
	}
}

static void no_keys_are_nothing_to_do(void **state)
{
	struct pool *pool = *state;

	assert_int_equal(sd_read_get(&pool->policy, NULL, 0, &pool->error), SD_OK);
	assert_int_equal(sd_write_set(&pool->policy, NULL, 0, 0, &pool->error), SD_OK);
	assert_asked_none(&pool->network);
}

/* }}} */

/* {{{ very many */

#define FEW 240
#define TENFOLD (10 * FEW)

/* Servers that have a version of everything which is ahead of the first write, or none at all. */
static void perform_behind(struct sd_transport *transport, struct sd_exchange *exchanges)
{
	(void)transport;
	for (struct sd_exchange *each = exchanges; each != NULL; each = each->next) {
		bool is_behind = each->request.kind == SD_SET && each->request.version < AHEAD;

		sd_exchange_end(each, is_behind ? SD_CONFLICT : SD_OK, "%s", "");
		each->reply.versioned = true;
		each->reply.version = is_behind ? AHEAD : each->request.version;
	}
}

static int64_t no_time(struct sd_transport *transport)
{
	(void)transport;
	return 1000;
}

static uint64_t versions_given;

static uint64_t next_version(struct sd_transport *transport, const struct sd_server *first,
                             const struct sd_server *second)
{
	(void)transport;
	(void)first;
	(void)second;
	return ++versions_given > TENFOLD ? AHEAD + versions_given : versions_given;
}

#define TRIES 5

/* The processor's time for an operation on that many keys, the least of some. */
static clock_t time_of(struct pool *pool, struct sd_entry *entries, size_t count, bool writes)
{
	clock_t least = 0;

	for (int i = 0; i < 5; i++) {
		enum sd_status status;
		clock_t began;
		clock_t took;

		for (size_t j = 0; j < count; j++) {
			entries[j] = (struct sd_entry){.key = key, .data = key};
		}
		versions_given = TENFOLD - count;
		began = clock();
		status = writes ? sd_write_set(&pool->policy, entries, count, 0, &pool->error)
		                : sd_read_exists(&pool->policy, entries, count, 0, &pool->error);
		took = clock() - began;
		assert_int_equal(status, SD_OK);
		least = i == 0 || took < least ? took : least;
	}
	return least;
}

/* Ten times as many may take ten times as long, and more for want of cache, but not a hundred. */
static void ten_times_as_many_do_not_take_a_hundred_times_as_long(void **state)
{
	struct pool *pool = *state;
	struct sd_transport behind = {
		.perform = perform_behind, .now_ms = no_time, .new_version = next_version};
	struct sd_entry *entries = calloc(TENFOLD, sizeof(*entries));

	assert_non_null(entries);
	pool->policy.transport = &behind;
	for (int writes = 0; writes < 2; writes++) {
		clock_t few;
		clock_t tenfold;
		int tries = 0;

		/* both fit into the processor's cache; if others take it away for a while, try again */
		do {
			few = time_of(pool, entries, FEW, writes);
			tenfold = time_of(pool, entries, TENFOLD, writes);
		} while (tenfold > 40 * few && ++tries < TRIES);
		assert_in_range(tenfold, 0, 40 * few);
	}
	free(entries);
}

/* }}} */

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(many_keys_are_written_in_one_round),
		TEST(many_keys_are_read_in_one_round),
		TEST(many_values_are_fetched_in_a_second_round_and_repaired_in_a_third),
		TEST(what_was_newer_of_many_is_looked_at_and_written_again),
		TEST(a_server_that_is_down_spoils_no_key),
		TEST(only_the_keys_of_two_that_are_down_fail_and_the_first_of_them_is_told),
		TEST(of_keys_that_fail_for_different_reasons_the_first_is_told),
		TEST(a_short_timeout_of_one_server_does_not_cut_the_others_short),
		TEST(a_slow_server_takes_no_time_from_other_keys_second_round),
		TEST(nobody_is_asked_for_other_keys_after_one_was_given_up),
		TEST(no_keys_are_nothing_to_do),
		TEST(ten_times_as_many_do_not_take_a_hundred_times_as_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
