/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The last write wins: which of two copies counts and may be believed, by what reads return. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "client/policy/resolve.h"
#include "tests/unit/client/three_servers.h"

/* {{{ servers that were away */

static void assert_unproven(struct pool *pool)
{
	char name[SD_SERVER_NAME_MAX];

	assert_int_equal(do_get(pool), SD_UNPROVEN);
	assert_text_has(&pool->error, sd_server_name(pool->first, name));
	assert_text_has(&pool->error, sd_server_name(pool->second, name));
	assert_text_has(&pool->error, "Connection refused");
	assert_text_has(&pool->error, "was down and has not been compared");
	assert_int_equal(kept_length(&pool->kept), 0);
	assert_int_equal(do_look(pool), SD_UNPROVEN);
}

static void what_was_away_is_not_believed_alone_and_both_are_named(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < 2; i++) {
		struct fake_store *up;

		use_stores(pool);
		up = i ? pool->at_first : pool->at_second;
		(i ? pool->at_second : pool->at_first)->act = FAKE_REFUSES;
		fake_put(up, KEY, "maybe old", OLD);
		fake_restart(up);
		assert_unproven(pool);
		fake_put_tombstone(up, KEY, NEW);
		fake_restart(up);
		assert_unproven(pool);
		fake_evict(up, KEY);
		assert_unproven(pool);
	}
}

static void what_was_not_away_is_believed_alone(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < 2; i++) {
		struct fake_store *up;

		use_stores(pool);
		up = i ? pool->at_first : pool->at_second;
		(i ? pool->at_second : pool->at_first)->act = FAKE_REFUSES;
		assert_missed(pool);
		fake_put(up, KEY, "there", OLD);
		assert_got(pool, "there", OLD);
		fake_put_tombstone(up, KEY, NEW);
		assert_missed(pool);
	}
}

static void what_was_compared_is_proven(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < 4; i++) {
		struct fake_store *back;
		struct fake_store *other;

		use_stores(pool);
		back = i % 2 ? pool->at_first : pool->at_second;
		other = i % 2 ? pool->at_second : pool->at_first;
		fake_put(back, KEY, "same", OLD);
		fake_put(other, KEY, "same", OLD);
		fake_restart(back);
		if (i / 2) {
			assert_got(pool, "same", OLD);
		} else {
			assert_int_equal(do_look(pool), SD_OK);
		}
		assert_true(is_proven(back));
		assert_int_equal(pool->network.asked_count, 3);
		assert_int_equal(last_asked(&pool->network)->kind, SD_EXISTS);
		assert_int_equal(last_asked(&pool->network)->compared, OLD);
		other->act = FAKE_REFUSES;
		assert_got(pool, "same", OLD);
	}
}

static void what_both_restarted_with_is_proven_on_both(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_first, KEY, "same", OLD);
	fake_put(pool->at_second, KEY, "same", OLD);
	fake_restart(pool->at_first);
	fake_restart(pool->at_second);
	assert_got(pool, "same", OLD);
	assert_true(is_proven(pool->at_first));
	assert_true(is_proven(pool->at_second));
}

static void two_tombstones_that_are_the_same_are_proven(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put_tombstone(pool->at_first, KEY, OLD);
	fake_put_tombstone(pool->at_second, KEY, OLD);
	fake_restart(pool->at_second);
	assert_missed(pool);
	assert_true(is_proven(pool->at_second));
}

static void a_proof_is_sent_only_where_it_is_needed_and_true(void **state)
{
	struct pool *pool = *state;

	use_stores(pool); /* both known: nothing to prove */
	fake_put(pool->at_first, KEY, "same", OLD);
	fake_put(pool->at_second, KEY, "same", OLD);
	assert_got(pool, "same", OLD);
	assert_int_equal(pool->network.asked_count, 2);
	use_stores(pool); /* different: the older is repaired, which proves it */
	fake_put(pool->at_first, KEY, "old", OLD);
	fake_put(pool->at_second, KEY, "new", NEW);
	fake_restart(pool->at_first);
	assert_got(pool, "new", NEW);
	assert_int_equal(times_asked(&pool->network, SD_EXISTS), 1);
	assert_true(is_proven(pool->at_first));
	use_stores(pool); /* different the other way round: being newer proves the newer one */
	fake_put(pool->at_first, KEY, "old", OLD);
	fake_put(pool->at_second, KEY, "new", NEW);
	fake_restart(pool->at_second);
	assert_got(pool, "new", NEW);
	assert_int_equal(last_asked(&pool->network)->kind, SD_EXISTS);
	assert_int_equal(last_asked(&pool->network)->compared, NEW);
	assert_ptr_equal(last_asked(&pool->network)->server, pool->second);
	assert_true(is_proven(pool->at_second));
	use_stores(pool); /* nothing on either: there is no version to prove */
	fake_restart(pool->at_first);
	fake_restart(pool->at_second);
	assert_missed(pool);
	assert_int_equal(pool->network.asked_count, 2);
}

static void come_back_newer_on_second(struct pool *pool)
{
	fake_put(pool->at_second, KEY, "newer", NEW)->unproven = true;
}

static void a_proof_that_is_no_longer_true_proves_nothing(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_first, KEY, "same", OLD);
	fake_put(pool->at_second, KEY, "same", OLD);
	fake_restart(pool->at_second);
	interrupt(pool, 2, come_back_newer_on_second);
	assert_got(pool, "same", OLD);
	assert_int_equal(last_asked(&pool->network)->compared, OLD);
	assert_has(pool->at_second, "newer", NEW);
	assert_false(is_proven(pool->at_second));
}

static void a_newer_value_that_cannot_be_fetched_is_never_replaced_by_the_old_one(void **state)
{
	struct pool *pool = *state;
	char name[SD_SERVER_NAME_MAX];

	for (size_t i = 0; i < COUNT_OF(versioned_kinds); i++) {
		use_kind(pool, versioned_kinds[i]);
		fake_put(pool->at_first, KEY, "old", OLD);
		fake_put(pool->at_second, KEY, "new", NEW);
		interrupt(pool, 2, break_off_second);
		assert_int_equal(do_get(pool), SD_UNREACHABLE);
		assert_int_equal(kept_length(&pool->kept), 0);
		assert_text_has(&pool->error, sd_server_name(pool->first, name));
		assert_text_has(&pool->error, "has an older copy");
		assert_text_has(&pool->error, sd_server_name(pool->second, name));
		assert_text_has(&pool->error, "Connection refused");
		assert_has(pool->at_first, "old", OLD);
		pool->network.meanwhile = NULL;
	}
}

static void a_newer_value_that_cannot_be_fetched_is_no_miss_either(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_second, KEY, "new", NEW);
	interrupt(pool, 2, break_off_second);
	assert_int_equal(do_get(pool), SD_UNREACHABLE);
}

static void a_value_that_was_away_is_not_even_fetched_alone(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	pool->at_first->act = FAKE_REFUSES;
	fake_put(pool->at_second, KEY, "maybe old", OLD);
	fake_restart(pool->at_second);
	assert_int_equal(do_get(pool), SD_UNPROVEN);
	assert_asked_both_at_once(pool, SD_GET, SD_EXISTS);
}

static void a_write_proves_what_it_writes(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_first, KEY, "maybe old", OLD);
	fake_restart(pool->at_first);
	pool->at_second->act = FAKE_REFUSES;
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(do_get(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "the value");
	assert_int_equal(do_delete(pool), SD_OK);
	assert_missed(pool);
}

/* }}} */

/* {{{ servers without versions */

static void of_two_classic_servers_the_second_is_asked_where_the_first_has_none(void **state)
{
	struct pool *pool = *state;

	use_kind(pool, FAKE_CLASSIC);
	fake_put(pool->at_second, KEY, "there", 1);
	assert_int_equal(do_get(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "there");
	assert_nothing(pool->at_first); /* nothing says that it is the newer one */
	fake_put(pool->at_first, KEY, "of the first", 1);
	assert_int_equal(do_get(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "of the first");
	fake_evict(pool->at_first, KEY);
	fake_evict(pool->at_second, KEY);
	assert_missed(pool);
}

static void two_classic_servers_go_by_the_table(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 1; i < 2 * COUNT_OF(acts); i++) {
		bool first_down = i % 2;

		use_kind(pool, FAKE_CLASSIC);
		fake_put(pool->at_first, KEY, "there", 1);
		fake_put(pool->at_second, KEY, "there", 1);
		(first_down ? pool->at_first : pool->at_second)->act = acts[i / 2];
		assert_int_equal(do_get(pool), SD_OK);
		assert_int_equal(do_set(pool), SD_OK);
		assert_int_equal(pool->entry.stored, i / 2 == 0 ? 2 : 1);
		assert_int_equal(do_delete(pool), SD_OK);
		assert_missed(pool);
	}
}

static void two_classic_servers_cannot_be_looked_at(void **state)
{
	struct pool *pool = *state;

	use_kind(pool, FAKE_CLASSIC);
	fake_put(pool->at_first, KEY, "there", 1);
	assert_int_equal(do_look(pool), SD_UNSUPPORTED);
	assert_text_has(&pool->error, "classic");
}

static void in_a_mixed_pair_either_may_have_the_value(void **state)
{
	static const enum fake_kind without[] = {FAKE_CLASSIC, FAKE_OLD_MEMCACHED};
	static const enum fake_kind with[] = {FAKE_SHAREDANCED, FAKE_MEMCACHED};
	struct pool *pool = *state;

	for (size_t i = 0; i < 8; i++) {
		enum fake_kind a = without[i / 4];
		enum fake_kind b = with[i / 2 % 2];

		for (int side = 0; side < 2; side++) {
			use_kinds(pool, i % 2 ? a : b, i % 2 ? b : a);
			assert_missed(pool);
			fake_put(side ? pool->at_first : pool->at_second, KEY, "there", OLD);
			assert_int_equal(do_get(pool), SD_OK);
			assert_string_equal(pool->kept.bytes, "there");
			assert_nothing(side ? pool->at_second : pool->at_first);
			assert_int_equal(do_set(pool), SD_OK);
			assert_int_equal(pool->entry.stored, 2);
			assert_int_equal(do_delete(pool), SD_OK);
			assert_missed(pool);
		}
	}
}

static void a_tombstone_on_the_first_counts_beside_a_server_without_versions(void **state)
{
	struct pool *pool = *state;

	use_kinds(pool, FAKE_SHAREDANCED, FAKE_OLD_MEMCACHED);
	fake_put_tombstone(pool->at_first, KEY, OLD);
	fake_put(pool->at_second, KEY, "old", NEW); /* a version of its own, which says nothing */
	assert_missed(pool);
	use_kinds(pool, FAKE_SHAREDANCED, FAKE_CLASSIC);
	fake_put_tombstone(pool->at_first, KEY, OLD);
	fake_put(pool->at_second, KEY, "old", 1);
	assert_missed(pool);
}

static void a_look_at_a_mixed_pair_is_no_miss_where_the_classic_one_may_have_it(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < 2; i++) {
		struct fake_store *ours;

		use_kinds(pool, i ? FAKE_SHAREDANCED : FAKE_CLASSIC, i ? FAKE_CLASSIC : FAKE_SHAREDANCED);
		ours = i ? pool->at_first : pool->at_second;
		assert_int_equal(do_look(pool), SD_UNSUPPORTED);
		fake_put(ours, KEY, "there", OLD);
		assert_int_equal(do_look(pool), SD_OK);
		fake_put_tombstone(ours, KEY, NEW);
		assert_int_equal(do_look(pool), SD_ABSENT);
	}
}

/* A key of sharedanced and its like alone: another one than KEY, so it may have other servers. */
static void a_key_is_bad_only_where_no_server_takes_it(void **state)
{
	static const struct sd_bytes bad = {"a/b", 3};
	struct pool *pool = *state;
	size_t owners[2];
	struct sd_entry entry = {.key = bad, .data = {"v", 1}};

	assert_int_equal(sd_pool_owners(&pool->policy.pool, bad, owners), 2);
	use_kind(pool, FAKE_CLASSIC);
	for (size_t i = 0; i < SERVERS; i++) {
		pool->stores[i].kind = FAKE_CLASSIC;
	}
	assert_int_equal(sd_write_set(&pool->policy, &entry, 1, 0, &pool->error), SD_BAD_KEY);
	assert_true(strncmp(pool->error.text, "must be printable ASCII", 23) == 0);
	assert_null(strstr(pool->error.text, ";"));
	for (size_t i = 0; i < 2; i++) {
		pool->stores[owners[i]].kind = FAKE_SHAREDANCED;
		pool->stores[owners[1 - i]].kind = FAKE_CLASSIC;
		assert_int_equal(sd_write_set(&pool->policy, &entry, 1, 0, &pool->error), SD_OK);
		assert_int_equal(entry.stored, 1);
		entry.sink = &pool->kept.sink;
		kept_restart(entry.sink);
		assert_int_equal(sd_read_get(&pool->policy, &entry, 1, &pool->error), SD_OK);
		assert_int_equal(entry.status, SD_OK);
		assert_string_equal(pool->kept.bytes, "v");
		assert_int_equal(sd_write_delete(&pool->policy, &entry, 1, &pool->error), SD_OK);
		assert_int_equal(entry.status, SD_OK);
	}
}

/* A server that cannot have the key cannot know better. */
static void a_key_that_one_cannot_have_is_believed_of_the_other_alone(void **state)
{
	static const struct sd_bytes bad = {"a/b", 3};
	struct pool *pool = *state;
	size_t owners[2];
	struct sd_entry entry = {.key = bad, .sink = &pool->kept.sink};

	assert_int_equal(sd_pool_owners(&pool->policy.pool, bad, owners), 2);
	for (size_t i = 0; i < 2; i++) {
		use_stores(pool);
		pool->stores[owners[1 - i]].kind = FAKE_CLASSIC;
		fake_put(&pool->stores[owners[i]], "a/b", "v", OLD);
		fake_restart(&pool->stores[owners[i]]);
		kept_restart(entry.sink);
		assert_int_equal(sd_read_get(&pool->policy, &entry, 1, &pool->error), SD_OK);
		assert_string_equal(pool->kept.bytes, "v");
	}
}

/* }}} */

/* {{{ whatever happens, never an old value */

#define CANDIDATES_MAX 64

/* What a read may find: the outcome of the last write that was acknowledged, or of one after it
 * that was not. "" is: nothing. */
struct truth {
	char candidates[CANDIDATES_MAX][24];
	size_t count;
	uint64_t written;
};

static void may_be(struct truth *truth, const char *text)
{
	assert_in_range(truth->count, 0, CANDIDATES_MAX - 1);
	(void)snprintf(truth->candidates[truth->count++], sizeof(truth->candidates[0]), "%s", text);
}

static void is_now(struct truth *truth, const char *text)
{
	truth->count = 0;
	may_be(truth, text);
}

static bool can_be(const struct truth *truth, const char *text)
{
	for (size_t i = 0; i < truth->count; i++) {
		if (strcmp(truth->candidates[i], text) == 0) {
			return true;
		}
	}
	return false;
}

static void check_read(struct pool *pool, struct truth *truth)
{
	enum sd_status status = do_get(pool);

	if (status == SD_UNPROVEN) {
		assert_true(pool->at_first->act != FAKE_ANSWERS || pool->at_second->act != FAKE_ANSWERS);
		return;
	}
	assert_true(status == SD_OK || status == SD_ABSENT);
	if (!can_be(truth, pool->kept.bytes)) {
		fail_msg("\"%s\" was read, and it may be \"%s\" or %zu others", pool->kept.bytes,
		         truth->candidates[0], truth->count - 1);
	}
	assert_int_equal(status == SD_ABSENT, pool->kept.bytes[0] == '\0');
}

static void check_write(struct pool *pool, struct truth *truth, bool deletes)
{
	char text[24] = "";
	enum sd_status status;

	if (!deletes) {
		(void)snprintf(text, sizeof(text), "%" PRIu64, ++truth->written * 1000000);
	}
	status = deletes ? do_delete(pool) : do_set_for(pool, text, 0);
	if (sd_status_is_failure(status)) {
		may_be(truth, text);
	} else {
		is_now(truth, text);
	}
}

/* An increment that was not acknowledged is one more that each candidate may have got. */
static void check_adjust(struct pool *pool, struct truth *truth)
{
	enum sd_status status = do_adjust(pool);
	char text[24];
	uint64_t number;

	if (status == SD_OK) {
		assert_int_equal(sscanf(pool->kept.bytes, "%" SCNu64, &number), 1);
		(void)snprintf(text, sizeof(text), "%" PRIu64, number - 1);
		assert_true(can_be(truth, text));
		is_now(truth, pool->kept.bytes);
	} else if (status == SD_ABSENT) {
		assert_true(can_be(truth, ""));
	} else if (status != SD_UNPROVEN) {
		for (size_t i = 0, count = truth->count; i < count; i++) {
			if (sscanf(truth->candidates[i], "%" SCNu64, &number) == 1) {
				(void)snprintf(text, sizeof(text), "%" PRIu64, number + 1);
				may_be(truth, text);
			}
		}
	}
}

/* Whether the server knows of the last write itself: a disk that is lost while the other one does
 * not is the loss of all copies there were, and no policy helps against that. */
static bool knows_the_last(struct fake_store *store)
{
	return fake_entry_of(store, KEY) != NULL && is_proven(store);
}

/* One goes down where both are up, in one of the ways there are; or the one that was down comes
 * back, with what it had or on an empty disk, which a read fills. */
static void move_servers(struct pool *pool, struct chance *chance, struct truth *truth)
{
	bool first_is_down = pool->at_first->act != FAKE_ANSWERS;
	struct fake_store *down = first_is_down ? pool->at_first : pool->at_second;

	if (!first_is_down && pool->at_second->act == FAKE_ANSWERS) {
		down = chance_between(chance, 0, 1) ? pool->at_first : pool->at_second;
		down->act = chance_between(chance, FAKE_STALLS, FAKE_LOSES_ANSWERS);
		return;
	}
	down->act = FAKE_ANSWERS;
	if (chance_between(chance, 0, 3) == 0 &&
	    knows_the_last(first_is_down ? pool->at_second : pool->at_first)) {
		fake_wipe(down);
		check_read(pool, truth);
	} else {
		fake_restart(down);
	}
}

static void no_read_is_older_than_the_last_acknowledged_write(void **state)
{
	struct pool *pool = *state;
	struct chance chance = {42};
	struct truth truth = {.count = 0};

	use_stores(pool);
	is_now(&truth, "");
	for (int round = 0; round < 200000; round++) {
		fake_forget(&pool->network);
		pool->clock_ms += chance_between(&chance, 0, 3);
		switch (chance_between(&chance, 0, 9)) {
		case 0:
		case 1:
			check_write(pool, &truth, false);
			break;
		case 2:
			check_write(pool, &truth, true);
			break;
		case 3:
			check_adjust(pool, &truth);
			break;
		case 4:
		case 5:
			move_servers(pool, &chance, &truth);
			break;
		case 6:
			pool->network.wall_us = (int64_t)chance_between(&chance, 0, 2000000) - 1000000;
			break;
		default:
			check_read(pool, &truth);
			break;
		}
		if (truth.count > CANDIDATES_MAX / 2 - 1) { /* too many to tell: an honest end of it */
			pool->at_first->act = pool->at_second->act = FAKE_ANSWERS;
			check_write(pool, &truth, true);
		}
	}
}

/* }}} */

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_was_away_is_not_believed_alone_and_both_are_named),
		TEST(what_was_not_away_is_believed_alone),
		TEST(what_was_compared_is_proven),
		TEST(what_both_restarted_with_is_proven_on_both),
		TEST(two_tombstones_that_are_the_same_are_proven),
		TEST(a_proof_is_sent_only_where_it_is_needed_and_true),
		TEST(a_proof_that_is_no_longer_true_proves_nothing),
		TEST(a_newer_value_that_cannot_be_fetched_is_never_replaced_by_the_old_one),
		TEST(a_newer_value_that_cannot_be_fetched_is_no_miss_either),
		TEST(a_value_that_was_away_is_not_even_fetched_alone),
		TEST(a_write_proves_what_it_writes),
		TEST(of_two_classic_servers_the_second_is_asked_where_the_first_has_none),
		TEST(two_classic_servers_go_by_the_table),
		TEST(two_classic_servers_cannot_be_looked_at),
		TEST(in_a_mixed_pair_either_may_have_the_value),
		TEST(a_tombstone_on_the_first_counts_beside_a_server_without_versions),
		TEST(a_look_at_a_mixed_pair_is_no_miss_where_the_classic_one_may_have_it),
		TEST(a_key_is_bad_only_where_no_server_takes_it),
		TEST(a_key_that_one_cannot_have_is_believed_of_the_other_alone),
		TEST(no_read_is_older_than_the_last_acknowledged_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
