/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The store as its callers see it: entries, when they expire, batches, versions, closing and
 * opening again; whatever layer has an entry. */

#include <stdbool.h>
#include <string.h>

#include "tests/unit/server/store_fixture.h"

/* {{{ entries */

static void a_new_store_has_no_entry(void **state)
{
	(void)state;
	assert_gone("key");
	assert_int_equal(remove_one("key", 0), SDD_ABSENT);
	assert_int_equal(sweep(INT64_MAX), 0);
}

static void an_entry_is_found(void **state)
{
	(void)state;
	put("key", 10, 1, 1000);
	assert_found("key", 0, 10, 1);
	assert_gone("ke");
	assert_gone("keys");
}

static void values_of_every_length_are_found_whole(void **state)
{
	static const size_t others[] = {2, 1023, 1026, 4096, 8192, LONGEST};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lengths) + COUNT_OF(others); i++) {
		size_t length = i < COUNT_OF(lengths) ? lengths[i] : others[i - COUNT_OF(lengths)];
		const char *key = numbered("key", length);

		put(key, length, (uint32_t)i, 1000);
		assert_found(key, 0, length, (uint32_t)i);
	}
}

static void an_overwritten_entry_has_the_newest_value_whatever_the_lengths(void **state)
{
	uint32_t stamp = 0;

	(void)state;
	for (size_t before = 0; before < COUNT_OF(lengths); before++) {
		for (size_t after = 0; after < COUNT_OF(lengths); after++) {
			put("key", lengths[before], ++stamp, 1000);
			assert_found("key", 0, lengths[before], stamp);
			put("key", lengths[after], ++stamp, 1000);
			assert_found("key", 0, lengths[after], stamp);
		}
	}
}

static void an_entry_overwritten_within_a_batch_has_the_last_value(void **state)
{
	(void)state;
	begin();
	for (uint32_t i = 0; i < COUNT_OF(lengths); i++) {
		assert_int_equal(put_until(store, bytes_of("key"), value_of(lengths[i], i), 1000),
		                 SDD_DONE);
	}
	assert_int_equal(put_until(store, bytes_of("key"), value_of(7, 99), 1000), SDD_DONE);
	commit();
	assert_found("key", 0, 7, 99);
}

static void a_removed_entry_is_gone_whatever_its_length(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < COUNT_OF(lengths); i++) {
		put("key", lengths[i], i, 1000);
		assert_int_equal(remove_one("key", 0), SDD_DONE);
		assert_gone("key");
		assert_int_equal(remove_one("key", 0), SDD_ABSENT);
	}
	assert_int_equal(sweep(INT64_MAX), 0); /* nor is anything left to sweep */
}

static void a_removed_entry_can_be_stored_again(void **state)
{
	(void)state;
	put("key", 5000, 1, 1000);
	assert_int_equal(remove_one("key", 0), SDD_DONE);
	put("key", 10, 2, 1000);
	assert_found("key", 0, 10, 2);
}

static void keys_are_bytes_of_up_to_254(void **state)
{
	char long_key[SDD_STORE_KEY_MAX + 1];
	struct sd_bytes zeros = {"\0\0", 2};
	struct sd_bytes zero = {"\0", 1};
	struct sd_bytes found;

	(void)state;
	memset(long_key, 0xff, SDD_STORE_KEY_MAX);
	long_key[SDD_STORE_KEY_MAX] = '\0';
	put(long_key, 2000, 1, 1000);
	assert_found(long_key, 0, 2000, 1);
	begin();
	assert_int_equal(put_until(store, zeros, value_of(3, 2), 1000), SDD_DONE);
	commit();
	assert_int_equal(get_at(store, zero, 0, &found), SDD_ABSENT);
	assert_int_equal(get_at(store, zeros, 0, &found), SDD_DONE);
	sdd_store_end_reading(store);
	assert_int_equal(sweep(1000), 2);
	assert_gone(long_key);
}

static void one_entry_leaves_its_neighbours_alone(void **state)
{
	(void)state;
	put("a", 10, 1, 1000);
	put("b", 5000, 2, 1000);
	put("c", 10, 3, 1000);
	assert_int_equal(remove_one("b", 0), SDD_DONE);
	assert_found("a", 0, 10, 1);
	assert_gone("b");
	assert_found("c", 0, 10, 3);
}

/* }}} */

/* {{{ when entries expire */

static void an_entry_is_found_until_the_millisecond_it_expires(void **state)
{
	(void)state;
	put("key", 10, 1, 1000);
	assert_found("key", 999, 10, 1);
	assert_absent("key", 1000);
	assert_absent("key", 1001);
	assert_found("key", 999, 10, 1); /* looking removes nothing */
}

static void a_long_value_expires_alike(void **state)
{
	(void)state;
	put("key", 100000, 1, 1000);
	assert_found("key", 999, 100000, 1);
	assert_absent("key", 1000);
}

static void a_living_entry_can_be_removed_until_the_millisecond_it_expires(void **state)
{
	(void)state;
	put("key", 10, 1, 1000);
	assert_int_equal(remove_one("key", 1000), SDD_ABSENT);
	assert_int_equal(remove_one("key", 1001), SDD_ABSENT);
	assert_int_equal(remove_one("key", 999), SDD_DONE);
	assert_gone("key");
}

static void an_expired_entry_can_be_stored_again(void **state)
{
	(void)state;
	put("key", 10, 1, 1000);
	flush();
	put("key", 20, 2, 3000);
	assert_found("key", 2000, 20, 2);
	assert_int_equal(sweep(2000), 1); /* the row of its first time to live, moved on */
	assert_found("key", 2000, 20, 2);
}

static void times_of_today_are_kept_exactly(void **state)
{
	int64_t today_ms = 1790000000123;

	(void)state;
	put("key", 10, 1, today_ms);
	assert_found("key", today_ms - 1, 10, 1);
	assert_absent("key", today_ms);
	assert_int_equal(sweep(today_ms - 1), 0);
	assert_int_equal(sweep(today_ms), 1);
	assert_gone("key");
}

/* }}} */

/* {{{ batches and reading */

static void an_aborted_batch_is_forgotten(void **state)
{
	(void)state;
	put("kept", 10, 1, 1000);
	put("removed", 5000, 2, 1000);
	begin();
	assert_int_equal(put_until(store, bytes_of("new"), value_of(5000, 3), 1000), SDD_DONE);
	assert_int_equal(put_until(store, bytes_of("kept"), value_of(20, 4), 5000), SDD_DONE);
	assert_int_equal(remove_at(store, bytes_of("removed"), 0), SDD_DONE);
	assert_true(sdd_store_in_batch(store));
	sdd_store_abort(store);
	assert_false(sdd_store_in_batch(store));
	assert_gone("new");
	assert_found("kept", 0, 10, 1);
	assert_found("removed", 0, 5000, 2);
	assert_int_equal(sweep(1000), 2);
}

static void abort_without_a_batch_does_nothing(void **state)
{
	(void)state;
	put("key", 10, 1, 1000);
	sdd_store_abort(store);
	assert_found("key", 0, 10, 1);
}

static uint64_t next_version(int64_t now_ms)
{
	uint64_t version;

	begin();
	version = sdd_store_next_version(store, now_ms, 0);
	commit();
	return version;
}

static void versions_are_microseconds_and_grow_within_one(void **state)
{
	(void)state;
	uint64_t first = next_version(1000);

	assert_int_equal(first / 1000, 1000);
	assert_true(next_version(1000) == first + 1);
	assert_int_equal(next_version(2000) / 1000, 2000);
}

/* A session that finds another server behind its name compares versions that two servers gave. */
static void two_stores_give_different_versions_in_one_millisecond(void **state)
{
	uint64_t versions[20];
	size_t equal = 0;

	for (size_t i = 0; i < 20; i++) {
		versions[i] = next_version((int64_t)i * 10);
	}
	(void)remove_store(state);
	(void)make_store(state);
	for (size_t i = 0; i < 20; i++) {
		equal += next_version((int64_t)i * 10) == versions[i];
	}
	assert_true(equal <= 5);
}

static void the_next_version_exceeds_the_one_before(void **state)
{
	(void)state;
	uint64_t first = sdd_store_next_version(store, 1000, 999999);

	assert_int_equal(first / 1000, 1000);
	assert_true(sdd_store_next_version(store, 1000, 5000000) == 5000001);
	assert_true(sdd_store_next_version(store, 1000, first + 2 + SDD_VERSION_AHEAD_MAX) ==
	            first + 3 + SDD_VERSION_AHEAD_MAX);
	/* one of the far future does not move the store there, and is not exceeded */
	assert_true(sdd_store_next_version(store, 1000, first + 4 + SDD_VERSION_AHEAD_MAX) ==
	            first + 3);
	assert_true(sdd_store_next_version(store, 1000, UINT64_MAX - 1) == first + 4);
	assert_true(sdd_store_next_version(store, 1000, UINT64_MAX) == first + 5);
	assert_true(sdd_store_next_version(store, 1000, 0) == first + 6);
}

static void versions_grow_though_the_clock_is_put_back(void **state)
{
	uint64_t last = next_version(5000);

	(void)state;
	assert_true(next_version(1000) == last + 1);
}

static void versions_go_on_after_a_reopen_though_the_clock_is_put_back(void **state)
{
	uint64_t last;

	(void)state;
	for (int64_t now_ms = 50000; now_ms <= 90000; now_ms += 1000) {
		last = next_version(now_ms);
	}
	reopen(ROOMY);
	assert_true(next_version(1000) > last);
}

static void versions_of_a_batch_that_was_lost_bound_those_after_it(void **state)
{
	uint64_t last;

	(void)state;
	begin();
	(void)sdd_store_next_version(store, 50000, 0);
	sdd_store_abort(store);
	last = next_version(50000);
	reopen(ROOMY);
	assert_true(next_version(1000) > last);
}

static void a_changed_entry_keeps_its_value(void **state)
{
	static const size_t lengths[] = {0, 10, 1024, 1025, 100000};
	struct sdd_entry entry;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lengths); i++) {
		put("key", lengths[i], 7, 1000);
		begin();
		entry = (struct sdd_entry){
			.expires_ms = 5000, .version = 9, .client_flags = 3, .flags = SDD_STALE};
		assert_int_equal(sdd_store_change(store, key_of("key"), &entry), SDD_DONE);
		commit();
		assert_found("key", 4999, lengths[i], 7);
		assert_absent("key", 5000);
		assert_int_equal(sdd_store_find(store, key_of("key"), 0, &entry), SDD_DONE);
		assert_int_equal(entry.version, 9);
		assert_int_equal(entry.client_flags, 3);
		assert_int_equal(entry.flags, SDD_STALE);
		sdd_store_end_reading(store);
	}
	begin();
	assert_int_equal(sdd_store_change(store, key_of("none"), &entry), SDD_ABSENT);
	commit();
}

static void a_batch_reads_its_own_writes(void **state)
{
	(void)state;
	begin();
	assert_int_equal(put_until(store, bytes_of("key"), value_of(10, 1), 1000), SDD_DONE);
	assert_found("key", 0, 10, 1);
	commit();
	assert_found("key", 0, 10, 1);
}

static void a_batch_sees_its_own_writes(void **state)
{
	(void)state;
	begin();
	assert_int_equal(put_until(store, bytes_of("key"), value_of(10, 1), 1000), SDD_DONE);
	assert_int_equal(remove_at(store, bytes_of("key"), 0), SDD_DONE);
	assert_int_equal(remove_at(store, bytes_of("key"), 0), SDD_ABSENT);
	commit();
	assert_gone("key");
}

static void an_empty_batch_can_be_committed(void **state)
{
	(void)state;
	begin();
	commit();
	assert_gone("key");
}

static void what_was_read_stays_while_others_are_read(void **state)
{
	struct sd_bytes found;
	struct sd_bytes other;

	(void)state;
	put("key", 5000, 1, 1000);
	put("other", 5000, 3, 1000);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(get_at(store, bytes_of("key"), 0, &found), SDD_DONE);
		assert_int_equal(get_at(store, bytes_of("other"), 0, &other), SDD_DONE);
		assert_int_equal(found.length, 5000);
		assert_memory_equal(found.data, value_of(5000, 1).data, 5000);
		sdd_store_end_reading(store);
		flush(); /* from the B-tree now */
	}
}

/* }}} */

static void assert_is(const char *key, bool there, int64_t expires_ms, size_t length,
                      uint32_t stamp)
{
	if (there) {
		assert_found(key, expires_ms - 1, length, stamp);
		assert_absent(key, expires_ms);
	} else {
		assert_gone(key);
	}
}

/* Each layer knows something else of one entry. */
static void an_entry_is_what_the_last_operations_made_of_it_wherever_they_are(void **state)
{
	static const size_t lengths[] = {10, 5000};

	(void)state;
	for (unsigned round = 0; round < 1u << 8; round++) {
		size_t length = lengths[round & 1];
		int64_t expires_ms = 1000;
		bool there = true;

		put("key", length, round, expires_ms);
		for (unsigned step = 1; step < 5; step++) {
			if (round >> step & 1) {
				flush();
			}
			switch (round >> (4 + step) & 3) {
			case 0:
				put("key", length, round, ++expires_ms);
				there = true;
				break;
			case 1:
				if (there) {
					change("key", ++expires_ms);
				}
				break;
			case 2:
				assert_int_equal(remove_one("key", 0), there ? SDD_DONE : SDD_ABSENT);
				there = false;
				break;
			default:
				begin();
				if (there) {
					assert_int_equal(sdd_store_change(store, key_of("key"),
					                                  &(struct sdd_entry){.expires_ms = 77}),
					                 SDD_DONE);
				}
				assert_int_equal(put_until(store, bytes_of("key"), value_of(3, 99), 5), SDD_DONE);
				assert_int_equal(sdd_store_remove(store, key_of("key")), SDD_DONE);
				sdd_store_abort(store);
			}
			assert_is("key", there, expires_ms, length, round);
		}
		flush();
		assert_is("key", there, expires_ms, length, round);
	}
}

static void reading_may_end_without_having_begun(void **state)
{
	(void)state;
	sdd_store_end_reading(store);
	put("key", 10, 1, 1000);
	sdd_store_end_reading(store);
	sdd_store_end_reading(store);
	assert_found("key", 0, 10, 1);
}

/* {{{ opening and closing */

static void entries_outlive_a_reopening(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < COUNT_OF(lengths); i++) {
		const char *key = numbered("key", i);

		put(key, lengths[i], i, 1000);
	}
	reopen(ROOMY);
	for (uint32_t i = 0; i < COUNT_OF(lengths); i++) {
		const char *key = numbered("key", i);

		assert_found(key, 999, lengths[i], i);
		assert_absent(key, 1000);
	}
}

static void a_batch_that_was_open_at_closing_is_forgotten(void **state)
{
	(void)state;
	begin();
	assert_int_equal(put_until(store, bytes_of("key"), value_of(10, 1), 1000), SDD_DONE);
	reopen(ROOMY);
	assert_gone("key");
}

static void every_kind_of_sync_stores(void **state)
{
	static const enum sdd_sync syncs[] = {SDD_SYNC_ALWAYS, SDD_SYNC_INTERVAL, SDD_SYNC_NEVER};

	(void)state;
	for (uint32_t i = 0; i < COUNT_OF(syncs); i++) {
		sdd_store_close(store);
		store = sdd_store_open(directory, ROOMY, syncs[i], reason);
		assert_non_null(store);
		if (i > 0) {
			assert_found("key", 0, 10, i - 1);
		}
		put("key", 10, i, 1000);
		assert_found("key", 0, 10, i);
	}
}

static void closing_nothing_does_nothing(void **state)
{
	(void)state;
	sdd_store_close(NULL);
}

/* }}} */

/* {{{ random operations against a plain list */

#define KEYS 300
#define OPERATIONS 20000

struct entry {
	bool stored; /* and not known to be swept */
	size_t length;
	uint32_t stamp;
	int64_t expires_ms;
};

struct model {
	struct chance chance;
	int64_t now_ms;
	uint32_t stamp; /* of the last value */
	struct entry entries[KEYS];
};

static bool ttls(const struct model *model, size_t number)
{
	const struct entry *entry = &model->entries[number];

	return entry->stored && entry->expires_ms > model->now_ms;
}

static size_t random_length(struct chance *chance)
{
	static const size_t edges[] = {0, 1, 1023, 1024, 1025, 4096};

	switch (chance_between(chance, 0, 9)) {
	case 0:
		return edges[chance_between(chance, 0, COUNT_OF(edges) - 1)];
	case 1:
		return chance_between(chance, 1025, 10000);
	case 2:
		return chance_between(chance, 0, 99) == 0 ? chance_between(chance, 100000, 200000)
		                                          : chance_between(chance, 1025, 3000);
	default:
		return chance_between(chance, 0, 1024);
	}
}

static void put_randomly(struct model *model)
{
	size_t number = chance_between(&model->chance, 0, KEYS - 1);
	struct entry *entry = &model->entries[number];

	*entry = (struct entry){
		.stored = true,
		.length = random_length(&model->chance),
		.stamp = ++model->stamp,
		.expires_ms = model->now_ms + chance_between(&model->chance, 1, 20000),
	};
	assert_int_equal(put_until(store, bytes_of(numbered("key", number)),
	                           value_of(entry->length, entry->stamp), entry->expires_ms),
	                 SDD_DONE);
}

static void remove_randomly(struct model *model)
{
	size_t number = chance_between(&model->chance, 0, KEYS - 1);
	bool lived = ttls(model, number);

	assert_int_equal(remove_at(store, bytes_of(numbered("key", number)), model->now_ms),
	                 lived ? SDD_DONE : SDD_ABSENT);
	if (lived) {
		model->entries[number].stored = false;
	}
}

/* Some operations in one batch, which one time in ten comes to nothing. */
static int write_randomly(struct model *model)
{
	static struct entry before[KEYS];
	int count = (int)chance_between(&model->chance, 1, 8);

	memcpy(before, model->entries, sizeof(before));
	begin();
	for (int i = 0; i < count; i++) {
		if (chance_between(&model->chance, 0, 3) == 0) {
			remove_randomly(model);
		} else {
			put_randomly(model);
		}
	}
	if (chance_between(&model->chance, 0, 9) == 0) {
		sdd_store_abort(store);
		memcpy(model->entries, before, sizeof(before));
	} else {
		commit();
	}
	return count;
}

static void compare_one(const struct model *model, size_t number)
{
	const struct entry *entry = &model->entries[number];

	if (ttls(model, number)) {
		assert_found(numbered("key", number), model->now_ms, entry->length, entry->stamp);
	} else if (entry->stored) {
		assert_absent(numbered("key", number), model->now_ms);
	} else {
		assert_gone(numbered("key", number));
	}
}

static void compare_all(const struct model *model)
{
	for (size_t i = 0; i < KEYS; i++) {
		compare_one(model, i);
	}
}

static void sweep_randomly(struct model *model)
{
	size_t rows = 0;

	for (size_t i = 0; i < KEYS; i++) {
		rows += model->entries[i].stored;
	}
	assert_in_range(sweep(model->now_ms), 0, rows); /* each entry has one row at most */
	for (size_t i = 0; i < KEYS; i++) {
		model->entries[i].stored = ttls(model, i);
	}
	assert_int_equal(sweep(model->now_ms), 0);
}

/* When all have expired: everything goes, each entry by one row. */
static void sweep_all(struct model *model)
{
	size_t living = 0;

	sweep(model->now_ms);
	for (size_t i = 0; i < KEYS; i++) {
		living += ttls(model, i);
	}
	model->now_ms += 20000;
	assert_int_equal(sweep(model->now_ms), living);
	memset(model->entries, 0, sizeof(model->entries));
	compare_all(model);
}

static void random_operations_do_what_a_plain_list_does(void **state)
{
	static struct model model;

	(void)state;
	model = (struct model){.chance = {20260101}, .now_ms = 1700000000000};
	for (int done = 0, rounds = 0; done < OPERATIONS; rounds++) {
		done += write_randomly(&model);
		model.now_ms += chance_between(&model.chance, 0, 50);
		compare_one(&model, chance_between(&model.chance, 0, KEYS - 1));
		if (chance_between(&model.chance, 0, 19) == 0) {
			sweep_randomly(&model);
		}
		if (rounds % 100 == 0) {
			compare_all(&model);
		}
		if (chance_between(&model.chance, 0, 99) == 0) {
			flush();
		}
		if (chance_between(&model.chance, 0, 499) == 0) {
			reopen(ROOMY);
			compare_all(&model);
		}
		if (chance_between(&model.chance, 0, 199) == 0) {
			die();
			compare_all(&model);
		}
	}
	compare_all(&model);
	sweep_all(&model);
}

/* }}} */

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_new_store_has_no_entry),
		STORE_TEST(an_entry_is_found),
		STORE_TEST(values_of_every_length_are_found_whole),
		STORE_TEST(an_overwritten_entry_has_the_newest_value_whatever_the_lengths),
		STORE_TEST(an_entry_overwritten_within_a_batch_has_the_last_value),
		STORE_TEST(a_removed_entry_is_gone_whatever_its_length),
		STORE_TEST(a_removed_entry_can_be_stored_again),
		STORE_TEST(keys_are_bytes_of_up_to_254),
		STORE_TEST(one_entry_leaves_its_neighbours_alone),
		STORE_TEST(an_entry_is_found_until_the_millisecond_it_expires),
		STORE_TEST(a_long_value_expires_alike),
		STORE_TEST(a_living_entry_can_be_removed_until_the_millisecond_it_expires),
		STORE_TEST(an_expired_entry_can_be_stored_again),
		STORE_TEST(times_of_today_are_kept_exactly),
		STORE_TEST(an_aborted_batch_is_forgotten),
		STORE_TEST(abort_without_a_batch_does_nothing),
		STORE_TEST(versions_are_microseconds_and_grow_within_one),
		STORE_TEST(two_stores_give_different_versions_in_one_millisecond),
		STORE_TEST(the_next_version_exceeds_the_one_before),
		STORE_TEST(versions_grow_though_the_clock_is_put_back),
		STORE_TEST(versions_go_on_after_a_reopen_though_the_clock_is_put_back),
		STORE_TEST(versions_of_a_batch_that_was_lost_bound_those_after_it),
		STORE_TEST(a_changed_entry_keeps_its_value),
		STORE_TEST(a_batch_reads_its_own_writes),
		STORE_TEST(a_batch_sees_its_own_writes),
		STORE_TEST(an_empty_batch_can_be_committed),
		STORE_TEST(what_was_read_stays_while_others_are_read),
		STORE_TEST(an_entry_is_what_the_last_operations_made_of_it_wherever_they_are),
		STORE_TEST(reading_may_end_without_having_begun),
		STORE_TEST(entries_outlive_a_reopening),
		STORE_TEST(a_batch_that_was_open_at_closing_is_forgotten),
		STORE_TEST(every_kind_of_sync_stores),
		STORE_TEST(closing_nothing_does_nothing),
		STORE_TEST(random_operations_do_what_a_plain_list_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
