/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Finding and getting entries, and applying an outcome; see operations_fixture.h. */

#include "server/protocol/operations.h"

#include <string.h>

#include "server/store/store.h"
#include "server/store/store_internal.h"
#include "tests/unit/server/operations_fixture.h"
#include "tests/unit/unit.h"

static void what_was_set_is_found_until_it_expires(void **state)
{
	(void)state;
	assert_int_equal(get((struct sdd_get_request){0}), SDD_OUTCOME_ABSENT);
	assert_false(it.outcome.is_found);
	assert_int_equal(set("value", (struct sdd_set_request){.client_flags = 7}), SDD_OUTCOME_DONE);
	advance(EXPIRATION_MS - 1);
	assert_int_equal(get((struct sdd_get_request){0}), SDD_OUTCOME_DONE);
	assert_true(it.outcome.is_found);
	assert_int_equal(it.outcome.entry.client_flags, 7);
	assert_value("value");
	advance(1);
	assert_int_equal(get((struct sdd_get_request){0}), SDD_OUTCOME_ABSENT);
}

static void a_plain_get_writes_nothing(void **state)
{
	const struct sdd_get_request request = {.key = &it.key, .may_win = true};

	(void)state;
	(void)set("value", (struct sdd_set_request){0});
	assert_int_equal(sdd_operation_get(&it.operations, &request, &it.outcome), SDD_DONE);
	assert_int_equal(it.outcome.change, SDD_OUTCOME_NO_CHANGE);
	assert_false(sdd_store_in_batch(it.batch.store));
}

static void the_value_is_there_until_the_outcome_is_applied(void **state)
{
	const struct sdd_get_request request = {.key = &it.key, .has_ttl = true, .ttl = 5};

	(void)state;
	(void)set("value", (struct sdd_set_request){0});
	assert_int_equal(sdd_operation_get(&it.operations, &request, &it.outcome), SDD_DONE);
	assert_int_equal(stored()->expires_ms, NOW_MS + EXPIRATION_MS);
	assert_memory_equal(it.outcome.entry.value.data, "value", 5);
	apply(SDD_DONE);
	assert_int_equal(stored()->expires_ms, NOW_MS + 5000);
}

static void times_to_live_are_memcacheds(void **state)
{
	static const struct {
		int64_t ttl;
		int64_t expires_ms;
	} cases[] = {
		{0, SDD_NEVER},
		{-1, NOW_MS},
		{1, NOW_MS + 1000},
		{MONTH_S, NOW_MS + MONTH_S * 1000ll},
		{MONTH_S + 1, NOW_MS}, /* a date, long ago: it expires now */
		{NOW_MS / 1000 - 1, NOW_MS},
		{NOW_MS / 1000 + 1, NOW_MS + 1000},
		{2000000000, 2000000000000},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		(void)set("", (struct sdd_set_request){.has_ttl = true, .ttl = cases[i].ttl});
		assert_true(it.outcome.entry.expires_ms == cases[i].expires_ms);
	}
}

static void an_absent_entry_is_vivified_for_one_client(void **state)
{
	const struct sdd_get_request request = {
		.may_win = true, .has_vivify = true, .vivify = 30, .is_binary_key = true};

	(void)state;
	assert_int_equal(get(request), SDD_OUTCOME_DONE);
	assert_true(it.outcome.is_won && !it.outcome.is_found && it.outcome.is_proven);
	assert_int_equal(stored()->flags, SDD_WON | SDD_BINARY_KEY);
	assert_int_equal(stored()->expires_ms, NOW_MS + 30000);
	assert_int_equal(get(request), SDD_OUTCOME_DONE);
	assert_true(it.outcome.is_found && !it.outcome.is_won);
}

static void a_stale_entry_is_won_once_and_only_by_who_may(void **state)
{
	(void)state;
	(void)set("value", (struct sdd_set_request){0});
	assert_int_equal(delete_entry((struct sdd_delete_request){.invalidates = true}),
	                 SDD_OUTCOME_DONE);
	(void)get((struct sdd_get_request){0});
	assert_false(it.outcome.is_won);
	(void)get((struct sdd_get_request){.may_win = true});
	assert_true(it.outcome.is_won);
	(void)get((struct sdd_get_request){.may_win = true});
	assert_false(it.outcome.is_won);
	assert_int_equal(stored()->flags, SDD_STALE | SDD_WON);
	assert_value("value");
}

static void an_entry_with_little_time_left_is_won(void **state)
{
	const struct sdd_get_request request = {.may_win = true, .has_recache = true, .recache = 10};

	(void)state;
	(void)set("value", (struct sdd_set_request){.has_ttl = true, .ttl = 10});
	(void)get(request);
	assert_false(it.outcome.is_won);
	advance(1);
	(void)get(request);
	assert_true(it.outcome.is_won);
}

static void the_last_access_is_known_to_who_asks(void **state)
{
	const struct sdd_get_request request = {.wants_access = true};

	(void)state;
	(void)set("value", (struct sdd_set_request){0});
	advance(1000);
	(void)get((struct sdd_get_request){.wants_access = true, .leaves_access = true});
	assert_true(!it.outcome.was_read && it.outcome.accessed_ms == NOW_MS);
	(void)get(request);
	assert_true(!it.outcome.was_read && it.outcome.accessed_ms == NOW_MS);
	advance(1000);
	(void)get(request);
	assert_true(it.outcome.was_read && it.outcome.accessed_ms == NOW_MS + 1000);
	(void)set("value", (struct sdd_set_request){.leaves_access = true});
	(void)get(request);
	assert_true(it.outcome.was_read);
	(void)set("value", (struct sdd_set_request){0});
	(void)get(request);
	assert_false(it.outcome.was_read);
}

static void what_is_from_an_earlier_epoch_is_proven_by_its_version(void **state)
{
	uint64_t version;

	(void)state;
	(void)set("value", (struct sdd_set_request){0});
	version = it.outcome.entry.version;
	(void)get((struct sdd_get_request){0});
	assert_true(it.outcome.is_proven);
	restart();
	advance(SDD_SETTLE_MS);
	(void)get((struct sdd_get_request){.has_proof = true, .proof = version - 1});
	assert_false(it.outcome.is_proven);
	(void)get((struct sdd_get_request){.has_proof = true, .proof = version});
	assert_true(it.outcome.is_proven);
	(void)get((struct sdd_get_request){0});
	assert_true(it.outcome.is_proven);
}

static void no_proof_counts_before_the_server_has_settled(void **state)
{
	struct sdd_get_request proof = {.has_proof = true};

	(void)state;
	(void)set("value", (struct sdd_set_request){0});
	proof.proof = it.outcome.entry.version;
	restart();
	advance(SDD_SETTLE_MS - 1);
	(void)get(proof);
	assert_false(it.outcome.is_proven);
	assert_false(stored()->proven);
	advance(1);
	(void)get(proof);
	assert_true(it.outcome.is_proven);
	assert_true(stored()->proven);
}

static bool is_absence_proven(void)
{
	(void)get((struct sdd_get_request){0});
	return it.outcome.is_proven;
}

/* Whether it only asks or changes something; so who asks for little is not kept waiting by those
 * who ask for much in as few bytes. */
static void a_long_value_is_not_read_in_a_tick_that_did_much(void **state)
{
	static char value[SDD_WORK_SHORT + 1];
	const struct sdd_entry entry = {
		.value = {value, sizeof(value)}, .expires_ms = NOW_MS + 1000, .version = 1};
	const struct sdd_get_request requests[] = {{.key = &it.key},
	                                           {.key = &it.key, .has_ttl = true, .ttl = 10}};

	(void)state;
	assert_int_equal(sdd_store_begin(it.batch.store, NOW_MS, false), SDD_DONE);
	assert_int_equal(sdd_store_put(it.batch.store, &it.key, &entry), SDD_DONE);
	commit();
	for (int i = 0; i < 2; i++) {
		it.work = (struct sdd_work){.done = 2, .much = 1, .most = SIZE_MAX};
		assert_int_equal(sdd_operation_get(&it.operations, &requests[i], &it.outcome), SDD_LATER);
		assert_int_equal(it.outcome.change, SDD_OUTCOME_NO_CHANGE);
		assert_true(it.batch.is_too_much);
		it.batch.is_too_much = false;
		it.work.done = 1;
		apply(sdd_operation_get(&it.operations, &requests[i], &it.outcome));
		assert_false(it.batch.is_too_much);
		commit();
	}
}

/* The flusher is behind, and greedy clients write nothing before that time. */
static void pace_until(int64_t greedy_ms)
{
	struct sdd_admission *admission = &it.batch.store->admission;

	admission->must_ask = true;
	admission->greedy_ms = greedy_ms;
}

static void a_greedy_client_waits_while_others_write_into_the_batch(void **state)
{
	const struct sdd_get_request touch = {.key = &it.key, .has_ttl = true, .ttl = 10};
	const struct sdd_set_request store = {.key = &it.key, .value = {"other", 5}};

	(void)state;
	(void)set("value", (struct sdd_set_request){0});
	assert_int_equal(sdd_store_begin(it.batch.store, NOW_MS, /* is_greedy */ false), SDD_DONE);
	pace_until(INT64_MAX);
	it.work.is_greedy = true;
	assert_int_equal(sdd_operation_get(&it.operations, &touch, &it.outcome), SDD_LATER);
	assert_int_equal(it.outcome.change, SDD_OUTCOME_NO_CHANGE);
	assert_int_equal(sdd_operation_set(&it.operations, &store, &it.outcome), SDD_LATER);
	assert_true(sdd_store_in_batch(it.batch.store));
	it.work.is_greedy = false;
	apply(sdd_operation_get(&it.operations, &touch, &it.outcome));
	pace_until(0);
	it.work.is_greedy = true;
	apply(sdd_operation_get(&it.operations, &touch, &it.outcome));
	it.work.is_greedy = false;
	commit();
}

static bool was_greedy; /* who asked last */

enum sdd_result __wrap_sdd_admission_ask(struct sdd_admission *admission, struct sdd_layers *layers,
                                         struct sdd_flusher *flusher, bool is_greedy,
                                         int64_t now_ms);

enum sdd_result __wrap_sdd_admission_ask(struct sdd_admission *admission, struct sdd_layers *layers,
                                         struct sdd_flusher *flusher, bool is_greedy,
                                         int64_t now_ms)
{
	(void)admission;
	(void)layers;
	(void)flusher;
	(void)now_ms;
	was_greedy = is_greedy;
	return SDD_DONE;
}

/* Also that the next one of them may join it, if so. */
static void who_begins_a_batch_asks_for_its_client(void **state)
{
	(void)state;
	for (int is_greedy = 0; is_greedy <= 1; is_greedy++) {
		pace_until(INT64_MAX);
		it.work.is_greedy = is_greedy;
		(void)set("value", (struct sdd_set_request){0});
		assert_int_equal(was_greedy, is_greedy);
		assert_int_equal(it.batch.store->admission.has_greedy, is_greedy);
	}
	/* who waits is released when anybody may write */
	assert_int_equal(sdd_store_admit(it.batch.store), SDD_DONE);
	assert_true(was_greedy);
}

/* The store had served for so long when it was opened. */
static void has_served(int64_t served_ms)
{
	it.batch.store->layers.timing.served_found_ms = served_ms;
}

static void an_absence_is_proven_when_all_that_was_missed_has_expired(void **state)
{
	(void)state;
	restart();
	has_served(EXPIRATION_MS);
	assert_false(is_absence_proven());
	advance(EXPIRATION_MS - 1);
	assert_false(is_absence_proven());
	advance(1);
	assert_true(is_absence_proven());
}

static void a_new_directory_proves_no_absence_until_all_has_expired(void **state)
{
	(void)state;
	it.key = sdd_store_key(it.batch.store, (struct sd_bytes){"other", 5});
	(void)set("a", (struct sdd_set_request){.has_ttl = true, .ttl = 10});
	it.key = sdd_store_key(it.batch.store, (struct sd_bytes){"key", 3});
	advance(EXPIRATION_MS - 1);
	assert_false(is_absence_proven());
	advance(1);
	assert_true(is_absence_proven());
	/* it learns of longer times to live by being given them */
	it.key = sdd_store_key(it.batch.store, (struct sd_bytes){"other", 5});
	(void)set("a", (struct sdd_set_request){.has_ttl = true, .ttl = 200});
	it.key = sdd_store_key(it.batch.store, (struct sd_bytes){"key", 3});
	assert_false(is_absence_proven());
	advance(200 * 1000 - EXPIRATION_MS);
	assert_true(is_absence_proven());
}

static void a_restart_of_a_young_directory_makes_it_no_older(void **state)
{
	(void)state;
	it.key = sdd_store_key(it.batch.store, (struct sd_bytes){"other", 5});
	(void)set("a", (struct sdd_set_request){.has_ttl = true, .ttl = 10});
	restart();
	has_served(20 * 1000);
	advance(EXPIRATION_MS - 20 * 1000 - 1);
	assert_false(is_absence_proven());
	advance(1);
	assert_true(is_absence_proven());
}

static void an_absence_is_proven_after_the_longest_ttl_that_was_stored(void **state)
{
	const struct sdd_get_request touch = {.has_ttl = true, .ttl = 2000};

	(void)state;
	it.key = sdd_store_key(it.batch.store, (struct sd_bytes){"other", 5});
	(void)set("a", (struct sdd_set_request){.has_ttl = true, .ttl = 1000});
	(void)get(touch);
	restart();
	advance(2000 * 1000 - 1);
	assert_false(is_absence_proven());
	advance(1);
	assert_true(is_absence_proven());
	/* another server may have been given such times to live, too */
	it.key = sdd_store_key(it.batch.store, (struct sd_bytes){"other", 5});
	(void)set("a", (struct sdd_set_request){.has_ttl = true, .ttl = 3000});
	it.key = sdd_store_key(it.batch.store, (struct sd_bytes){"key", 3});
	assert_false(is_absence_proven());
	advance(1000 * 1000);
	assert_true(is_absence_proven());
}

static void an_absence_is_proven_after_less_than_expiration_if_lives_are_shorter(void **state)
{
	(void)state;
	(void)set("a", (struct sdd_set_request){.has_ttl = true, .ttl = 10});
	restart();
	has_served(EXPIRATION_MS);
	it.key = sdd_store_key(it.batch.store, (struct sd_bytes){"none", 4});
	advance(10 * 1000 - 1);
	assert_false(is_absence_proven());
	advance(1);
	assert_true(is_absence_proven());
}

static void lives_without_an_end_count_as_a_month_and_tombstones_do_not_count(void **state)
{
	struct sdd_condition condition = {.has_version = true, .version = 9};

	(void)state;
	(void)delete_entry(
		(struct sdd_delete_request){.condition = condition, .has_ttl = true, .ttl = MONTH_S});
	assert_int_equal(sdd_store_longest_ttl(it.batch.store), 0);
	(void)set("a", (struct sdd_set_request){.has_ttl = true, .ttl = 0});
	restart();
	it.key = sdd_store_key(it.batch.store, (struct sd_bytes){"none", 4});
	advance(MONTH_S * 1000ll - 1);
	assert_false(is_absence_proven());
	advance(1);
	assert_true(is_absence_proven());
}

static void the_wall_clock_proves_nothing_and_ends_nothing(void **state)
{
	(void)state;
	(void)set("a", (struct sdd_set_request){0});
	restart();
	it.batch.wall_ms += MONTH_S * 1000ll;
	assert_non_null(stored());
	it.key = sdd_store_key(it.batch.store, (struct sd_bytes){"none", 4});
	assert_false(is_absence_proven());
}

static void dates_are_of_the_wall_clock(void **state)
{
	int64_t date = NOW_MS / 1000 + 100;

	(void)state;
	it.batch.now_ms -= 7200 * 1000;
	(void)set("a", (struct sdd_set_request){.has_ttl = true, .ttl = date});
	assert_int_equal(stored()->expires_ms, it.batch.now_ms + 100 * 1000);
	(void)set("a", (struct sdd_set_request){.has_ttl = true, .ttl = date - 200});
	assert_null(stored());
}

static void an_access_that_is_not_known_counts_from_the_version(void **state)
{
	const struct sdd_get_request access = {.wants_access = true, .leaves_access = true};

	(void)state;
	it.batch.now_ms -= 7200 * 1000;
	(void)set("a", (struct sdd_set_request){.leaves_access = true});
	advance(5000);
	(void)get(access);
	assert_int_equal(it.outcome.accessed_ms, it.batch.now_ms - 5000);
	assert_false(it.outcome.was_read);
}

static void refuse(uint64_t hash, uint64_t version, int64_t ttl_ms)
{
	const struct sdd_key key = {.hash = hash};

	sdd_doubts_expect(&it.doubts, &key, version, ttl_ms);
	sdd_doubts_refused(&it.doubts, it.batch.boot_ms);
}

/* A key of which a write was refused counts until what it has is as new. */
static void what_was_refused_counts_as_unproven(void **state)
{
	const uint64_t version = (uint64_t)NOW_MS * 1000;

	(void)state;
	assert_int_equal(sdd_operation_unproven(&it.operations), 0);
	refuse(it.key.hash, version + 1, 5000);
	assert_int_equal(sdd_operation_unproven(&it.operations), 1);
	(void)set("older",
	          (struct sdd_set_request){.condition = {.has_version = true, .version = version}});
	assert_int_equal(sdd_operation_unproven(&it.operations), 1);
	(void)set("new",
	          (struct sdd_set_request){.condition = {.has_version = true, .version = version + 1}});
	assert_int_equal(sdd_operation_unproven(&it.operations), 0);
	for (uint64_t i = 0; i <= 4; i++) {
		refuse(it.key.hash + i * 1024, version + 10 + i, 5000); /* they have four slots */
	}
	assert_int_equal(sdd_operation_unproven(&it.operations), 4);
	restart();
	assert_int_equal(sdd_operation_unproven(&it.operations), 5);
	advance(5000);
	assert_int_equal(sdd_operation_unproven(&it.operations), 1); /* of an earlier epoch */
	sdd_doubts_clear(&it.doubts);
}

static void what_may_live_elsewhere_is_in_doubt_for_as_long(void **state)
{
	(void)state;
	assert_int_equal(sdd_operation_longest_ttl(&it.operations, false, 0), EXPIRATION_MS);
	assert_int_equal(sdd_operation_longest_ttl(&it.operations, true, 5), 5000);
	(void)set("value", (struct sdd_set_request){.has_ttl = true, .ttl = 200});
	assert_true(sdd_operation_longest_ttl(&it.operations, true, 5) >= 200000);
	assert_true(sdd_operation_longest_ttl(&it.operations, true, 1000) == 1000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_long_value_is_not_read_in_a_tick_that_did_much),
		TEST(a_greedy_client_waits_while_others_write_into_the_batch),
		TEST(who_begins_a_batch_asks_for_its_client),
		TEST(an_absence_is_proven_after_the_longest_ttl_that_was_stored),
		TEST(an_absence_is_proven_after_less_than_expiration_if_lives_are_shorter),
		TEST(lives_without_an_end_count_as_a_month_and_tombstones_do_not_count),
		TEST(the_wall_clock_proves_nothing_and_ends_nothing),
		TEST(dates_are_of_the_wall_clock),
		TEST(what_was_refused_counts_as_unproven),
		TEST(what_may_live_elsewhere_is_in_doubt_for_as_long),
		TEST(an_access_that_is_not_known_counts_from_the_version),
		TEST(what_was_set_is_found_until_it_expires),
		TEST(a_plain_get_writes_nothing),
		TEST(the_value_is_there_until_the_outcome_is_applied),
		TEST(times_to_live_are_memcacheds),
		TEST(an_absent_entry_is_vivified_for_one_client),
		TEST(a_stale_entry_is_won_once_and_only_by_who_may),
		TEST(an_entry_with_little_time_left_is_won),
		TEST(the_last_access_is_known_to_who_asks),
		TEST(what_is_from_an_earlier_epoch_is_proven_by_its_version),
		TEST(no_proof_counts_before_the_server_has_settled),
		TEST(an_absence_is_proven_when_all_that_was_missed_has_expired),
		TEST(a_new_directory_proves_no_absence_until_all_has_expired),
		TEST(a_restart_of_a_young_directory_makes_it_no_older),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
