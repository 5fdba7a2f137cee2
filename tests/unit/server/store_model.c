/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What a store must have; see store_model.h. */

#include "tests/unit/server/store_model.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"

#define STATES_MAX 64

struct state {
	bool is_there; /* at MODEL_NOW */
	uint32_t stamp;
	uint64_t version;
	uint32_t flags;
	uint32_t value_stamp;
	size_t length;
	unsigned batch;
};

struct key {
	struct state states[STATES_MAX]; /* from the last that is on disk for certain */
	unsigned count;
	unsigned acknowledged; /* the last that was */
	unsigned forced;       /* the last that is on disk for certain */
	bool is_new;           /* acknowledged in this epoch */
	bool is_staged;        /* the open batch has a state for it */
	struct state staged;
};

static struct key keys[MODEL_KEYS];
static uint32_t last_stamp;
static unsigned last_batch;
static uint64_t largest_version; /* of what was acknowledged */
static bool batches_are_split;
static uint8_t pool[MODEL_LONGEST + 65536];
static uint8_t read_bytes[MODEL_LONGEST];

void model_reset(void)
{
	struct chance chance = {20260101};

	memset(keys, 0, sizeof(keys));
	for (unsigned i = 0; i < MODEL_KEYS; i++) {
		keys[i].count = 1; /* it is not there */
	}
	last_stamp = 0;
	last_batch = 0;
	largest_version = 0;
	batches_are_split = false;
	for (size_t i = 0; pool[0] == 0 && i < sizeof(pool); i++) {
		pool[i] = (uint8_t)(chance_next(&chance) | 1);
	}
}

void model_split_batches(bool may_be_split)
{
	batches_are_split = may_be_split;
}

static struct sdd_key key_of(const struct sdd_store *store, unsigned number)
{
	static char names[MODEL_KEYS][16];

	(void)snprintf(names[number], sizeof(names[number]), "key-%u", number);
	return sdd_store_key(store, (struct sd_bytes){names[number], strlen(names[number])});
}

static struct sd_bytes value_of(const struct state *state)
{
	return (struct sd_bytes){pool + state->value_stamp * 7 % 65536, state->length};
}

static const struct state *present(const struct key *key)
{
	return key->is_staged ? &key->staged : &key->states[key->acknowledged];
}

/* {{{ a batch */

static void stage(unsigned number, const struct state *state)
{
	keys[number].staged = *state;
	keys[number].staged.batch = last_batch + 1;
	keys[number].is_staged = true;
}

static struct sdd_entry entry_of(struct state *state, struct sdd_store *store, int64_t expires_ms)
{
	state->is_there = expires_ms > MODEL_NOW;
	state->stamp = ++last_stamp;
	state->version = sdd_store_next_version(store, 0, 0);
	assert_true(state->version > largest_version);
	return (struct sdd_entry){.expires_ms = expires_ms,
	                          .version = state->version,
	                          .client_flags = state->stamp,
	                          .flags = state->flags};
}

enum sdd_result model_put(struct sdd_store *store, unsigned number, size_t length,
                          int64_t expires_ms, uint32_t flags)
{
	struct sdd_key key = key_of(store, number);
	struct state state = {.length = length, .flags = flags};
	struct sdd_entry entry = entry_of(&state, store, expires_ms);
	enum sdd_result result;

	state.value_stamp = state.stamp;
	entry.value = value_of(&state);
	result = sdd_store_put(store, &key, &entry);
	if (result == SDD_DONE) {
		stage(number, &state);
	}
	return result;
}

enum sdd_result model_change(struct sdd_store *store, unsigned number, int64_t expires_ms)
{
	struct sdd_key key = key_of(store, number);
	struct state state = *present(&keys[number]);
	struct sdd_entry entry = entry_of(&state, store, expires_ms);
	enum sdd_result result = sdd_store_change(store, &key, &entry);

	if (result == SDD_DONE) {
		stage(number, &state);
	}
	return result;
}

enum sdd_result model_remove(struct sdd_store *store, unsigned number)
{
	struct sdd_key key = key_of(store, number);
	enum sdd_result result = sdd_store_remove(store, &key);

	if (result == SDD_DONE) {
		stage(number, &(struct state){.is_there = false});
	}
	return result;
}

static void add_state(struct key *key, bool acknowledged)
{
	assert_in_range(key->count, 1, STATES_MAX - 1);
	key->states[key->count++] = key->staged;
	if (acknowledged) {
		key->acknowledged = key->count - 1;
		key->is_new = true;
		if (key->staged.version > largest_version) {
			largest_version = key->staged.version;
		}
	}
}

void model_end_batch(enum model_outcome outcome)
{
	last_batch++;
	for (unsigned i = 0; i < MODEL_KEYS; i++) {
		if (keys[i].is_staged && outcome != MODEL_REFUSED) {
			add_state(&keys[i], outcome == MODEL_ACKNOWLEDGED);
		}
		keys[i].is_staged = false;
	}
}

/* }}} */

/* Forgets the states before one. */
static void forget_before(struct key *key, unsigned first)
{
	key->count -= first;
	key->acknowledged -= first;
	key->forced = 0;
	memmove(key->states, key->states + first, key->count * sizeof(*key->states));
}

void model_record_forced(void)
{
	for (unsigned i = 0; i < MODEL_KEYS; i++) {
		forget_before(&keys[i], keys[i].acknowledged);
	}
}

void model_begin_epoch(void)
{
	for (unsigned i = 0; i < MODEL_KEYS; i++) {
		keys[i].is_new = false;
	}
}

/* {{{ what is there */

/* Reads the value of an entry. One that cannot be read because of a fault has no data; but it is
 * never a wrong one. */
static void read_value(struct sdd_store *store, struct sdd_entry *entry)
{
	enum sdd_result result;

	assert_in_range(entry->value.length, 0, MODEL_LONGEST);
	result = sdd_store_read(store, entry, read_bytes);
	if (result == SDD_DAMAGED) {
		fail_msg("a value of %zu bytes is damaged", entry->value.length);
	}
	entry->value.data = result == SDD_DONE ? read_bytes : NULL;
}

static bool is_state(const struct state *state, enum sdd_result result,
                     const struct sdd_entry *entry)
{
	if (result != SDD_DONE) {
		return !state->is_there;
	}
	return state->is_there && entry->client_flags == state->stamp &&
	       entry->version == state->version && entry->flags == state->flags &&
	       entry->value.length == state->length &&
	       (entry->value.data == NULL ||
	        memcmp(entry->value.data, value_of(state).data, state->length) == 0);
}

/* Which of the states of a key, from `first` on, the store has. */
static void find_states(struct sdd_store *store, unsigned number, unsigned first,
                        bool found[STATES_MAX])
{
	const struct key *key = &keys[number];
	struct sdd_key hashed = key_of(store, number);
	struct sdd_entry entry = {.expires_ms = 0};
	enum sdd_result result = sdd_store_find(store, &hashed, MODEL_NOW, &entry);
	bool is_any = false;

	assert_true(result == SDD_DONE || result == SDD_ABSENT);
	if (result == SDD_DONE) {
		read_value(store, &entry);
	}
	for (unsigned i = 0; i < STATES_MAX; i++) {
		found[i] = i >= first && i < key->count && is_state(&key->states[i], result, &entry);
		is_any = is_any || found[i];
	}
	if (!is_any) {
		fail_msg("key-%u: %s, stamp %u, %zu bytes; expected stamp %u (%s) or one of %u after it",
		         number, result == SDD_DONE ? "found" : "absent", entry.client_flags,
		         entry.value.length, key->states[first].stamp,
		         key->states[first].is_there ? "there" : "absent", key->count - first - 1);
	}
	if (result == SDD_DONE) {
		assert_true(!entry.proven || key->is_new);
	}
	sdd_store_end_reading(store);
}

/* Whether a key is for certain in the state that a batch gave it (`there`), or in an earlier one.
 */
static bool is_certainly(const struct key *key, const bool found[STATES_MAX], unsigned batch,
                         bool there)
{
	unsigned at = 0;

	for (unsigned i = 1; i < key->count; i++) {
		at = key->states[i].batch == batch ? i : at;
	}
	for (unsigned i = 0; at != 0 && i < key->count; i++) {
		if (found[i] && (there ? i != at : i >= at)) {
			return false;
		}
	}
	return at != 0;
}

static void assert_batches_are_whole(bool found[MODEL_KEYS][STATES_MAX])
{
	for (unsigned batch = 1; batch <= last_batch; batch++) {
		int there = -1;
		int missing = -1;

		for (unsigned i = 0; i < MODEL_KEYS; i++) {
			there = is_certainly(&keys[i], found[i], batch, true) ? (int)i : there;
			missing = is_certainly(&keys[i], found[i], batch, false) ? (int)i : missing;
		}
		if (there != -1 && missing != -1) {
			fail_msg("batch %u is there for key-%d, and not for key-%d", batch, there, missing);
		}
	}
}

/* The store has the last of the states that were found. */
static void adopt(struct key *key, const bool found[STATES_MAX], bool power_cut)
{
	const struct state *state;

	for (unsigned i = 0; i < key->count; i++) {
		if (found[i]) {
			key->acknowledged = i;
		}
	}
	key->count = key->acknowledged + 1;
	key->is_new = false;
	state = &key->states[key->acknowledged];
	if (state->is_there && state->version > largest_version) {
		largest_version = state->version;
	}
	if (power_cut) {
		forget_before(key, key->acknowledged);
	}
}

void model_check_recovered(struct sdd_store *store, bool power_cut)
{
	static bool found[MODEL_KEYS][STATES_MAX];

	model_begin_epoch();
	for (unsigned i = 0; i < MODEL_KEYS; i++) {
		find_states(store, i, power_cut ? keys[i].forced : keys[i].acknowledged, found[i]);
	}
	if (!batches_are_split) {
		assert_batches_are_whole(found);
	} else if (power_cut) {
		largest_version = 0; /* what is lost was given a version that the double does not keep */
	}
	for (unsigned i = 0; i < MODEL_KEYS; i++) {
		adopt(&keys[i], found[i], power_cut);
	}
}

void model_check(struct sdd_store *store)
{
	bool found[STATES_MAX];

	for (unsigned i = 0; i < MODEL_KEYS; i++) {
		find_states(store, i, keys[i].acknowledged, found);
		assert_true(found[keys[i].acknowledged]);
	}
}

/* }}} */
