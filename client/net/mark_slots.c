/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The table of dead marks: whose each slot is; see mark_slots.h and dead_marks.h. */

#include "client/net/mark_slots.h"

#include <stdlib.h>
#include <string.h>

#include "client/net/platform.h"

#define TABLE_SIZE (SD_DEAD_MARKS_MAX * sizeof(struct sd_mark_slot))
#define TRIES_MAX 8 /* to claim a slot while others claim slots too */

struct sd_dead_marks {
	struct sd_mark_slot *slots;
	bool is_shared;
	uint64_t secret[2]; /* of this table; the children inherit it */
};

struct sd_dead_marks *sd_dead_marks_new(void)
{
	struct sd_dead_marks *marks = malloc(sizeof(*marks));

	if (marks == NULL) {
		return NULL;
	}
	marks->slots = sd_platform_share(TABLE_SIZE);
	marks->is_shared = marks->slots != NULL;
	if (!marks->is_shared) {
		marks->slots = calloc(1, TABLE_SIZE);
	}
	if (marks->slots == NULL) {
		free(marks);
		return NULL;
	}
	if (!sd_platform_random(marks->secret, sizeof(marks->secret))) {
		memset(marks->secret, 0, sizeof(marks->secret)); /* an owner still has its user's number */
	}
	return marks;
}

void sd_dead_marks_free(struct sd_dead_marks *marks)
{
	if (marks == NULL) {
		return;
	}
	if (marks->is_shared) {
		sd_platform_unshare(marks->slots, TABLE_SIZE);
	} else {
		free(marks->slots);
	}
	free(marks);
}

bool sd_dead_marks_is_shared(const struct sd_dead_marks *marks)
{
	return marks->is_shared;
}

/* {{{ owners */

static uint64_t rotate(uint64_t word, unsigned bits)
{
	return word << bits | word >> (64 - bits);
}

static void mix(uint64_t state[4], unsigned rounds)
{
	for (unsigned i = 0; i < rounds; i++) {
		state[0] += state[1];
		state[2] += state[3];
		state[1] = rotate(state[1], 13) ^ state[0];
		state[3] = rotate(state[3], 16) ^ state[2];
		state[0] = rotate(state[0], 32) + state[3];
		state[2] += state[1];
		state[3] = rotate(state[3], 21) ^ state[0];
		state[1] = rotate(state[1], 17) ^ state[2];
		state[2] = rotate(state[2], 32);
	}
}

/* SipHash-2-4: who does not know the secret cannot find two inputs with one hash. */
static uint64_t keyed_hash(const uint64_t secret[2], const uint8_t *bytes, size_t length)
{
	uint64_t state[4] = {
		secret[0] ^ UINT64_C(0x736f6d6570736575), secret[1] ^ UINT64_C(0x646f72616e646f6d),
		secret[0] ^ UINT64_C(0x6c7967656e657261), secret[1] ^ UINT64_C(0x7465646279746573)};
	uint64_t word = 0;

	for (size_t i = 0; i < length; i++) {
		word |= (uint64_t)bytes[i] << (i % 8 * 8);
		if (i % 8 == 7) {
			state[3] ^= word;
			mix(state, 2);
			state[0] ^= word;
			word = 0;
		}
	}
	word |= (uint64_t)length << 56;
	state[3] ^= word;
	mix(state, 2);
	state[0] ^= word;
	state[2] ^= 0xff;
	mix(state, 4);
	return state[0] ^ state[1] ^ state[2] ^ state[3];
}

/* Two servers of one user with the same hash share one mark. */
static uint64_t hash_of_server(const struct sd_dead_marks *marks, const struct sd_server *server,
                               int64_t uid)
{
	uint8_t name[sizeof(server->host) + 2];
	size_t length = 0;
	bool is_path = sd_server_unix_path(server) != NULL;
	uint64_t owner;

	for (const char *each = server->host; *each != '\0'; each++) {
		bool is_capital = *each >= 'A' && *each <= 'Z' && !is_path;

		name[length++] = (uint8_t)(is_capital ? *each + ('a' - 'A') : *each);
	}
	name[length++] = server->port & 0xffu;
	name[length++] = (uint8_t)(server->port >> 8);
	owner = (uint64_t)(uint32_t)uid << SD_MARK_USER_SHIFT |
	        (uint32_t)keyed_hash(marks->secret, name, length);
	return owner > SD_MARK_TAKEN ? owner : owner + 2;
}

/* Whether the slot is one of that user's. */
static bool is_users(const struct sd_mark_slot *slot, uint32_t uid)
{
	uint64_t owner = atomic_load_explicit(&slot->owner, memory_order_relaxed);

	return owner > SD_MARK_TAKEN && owner >> SD_MARK_USER_SHIFT == uid;
}

/* }}} */

/* {{{ which slot */

/* NULL: none is the owner's. */
static struct sd_mark_slot *slot_of(const struct sd_dead_marks *marks, uint64_t owner)
{
	for (size_t i = 0; i < SD_DEAD_MARKS_MAX; i++) {
		if (atomic_load(&marks->slots[i].owner) == owner) {
			return &marks->slots[i];
		}
	}
	return NULL;
}

/* The first slot that is free, or that somebody is claiming or died at claiming. Two that claim the
 * same one at once both clear it, and one of them gets it. */
static struct sd_mark_slot *free_slot(const struct sd_dead_marks *marks)
{
	for (size_t i = 0; i < SD_DEAD_MARKS_MAX; i++) {
		if (atomic_load(&marks->slots[i].owner) <= SD_MARK_TAKEN) {
			return &marks->slots[i];
		}
	}
	return NULL;
}

static size_t count_of(const struct sd_dead_marks *marks, uint32_t uid)
{
	size_t count = 0;

	for (size_t i = 0; i < SD_DEAD_MARKS_MAX; i++) {
		count += is_users(&marks->slots[i], uid);
	}
	return count;
}

/* The user with the most slots; of several with as many, `uid` if it is one of them. */
static uint32_t largest_user(const struct sd_dead_marks *marks, uint32_t uid)
{
	uint32_t largest = uid;
	size_t most = count_of(marks, uid);

	for (size_t i = 0; i < SD_DEAD_MARKS_MAX; i++) {
		uint64_t owner = atomic_load_explicit(&marks->slots[i].owner, memory_order_relaxed);
		uint32_t each = (uint32_t)(owner >> SD_MARK_USER_SHIFT);
		size_t count = each == uid || each == largest ? 0 : count_of(marks, each);

		if (count > most) {
			most = count;
			largest = each;
		}
	}
	return largest;
}

/* When any worker last learned anything of the server. */
static int64_t last_use_of(struct sd_mark_slot *slot)
{
	int64_t last_ms = atomic_load(&slot->claimed_ms);
	int64_t heard_ms = atomic_load(&slot->heard_ms);
	int64_t tried_ms = atomic_load(&slot->tried_ms);

	last_ms = heard_ms > last_ms ? heard_ms : last_ms;
	return tried_ms > last_ms ? tried_ms : last_ms;
}

/* The slot that a full table gives to a server of that user. NULL: none, because the user's own
 * are all in use. */
static struct sd_mark_slot *slot_to_reuse(const struct sd_dead_marks *marks, uint32_t uid,
                                          int64_t now_ms)
{
	uint32_t loser = largest_user(marks, uid);
	struct sd_mark_slot *oldest = NULL;

	for (size_t i = 0; i < SD_DEAD_MARKS_MAX; i++) {
		struct sd_mark_slot *slot = &marks->slots[i];

		if (is_users(slot, loser) && (oldest == NULL || last_use_of(slot) < last_use_of(oldest))) {
			oldest = slot;
		}
	}
	if (loser == uid && oldest != NULL && now_ms - last_use_of(oldest) < SD_DEAD_MARKS_UNUSED_MS) {
		return NULL;
	}
	return oldest;
}

/* }}} */

/* Gives the slot to a new owner, of which nothing is known. False: another worker was faster. */
static bool claim(struct sd_mark_slot *slot, uint64_t owner, int64_t now_ms)
{
	uint64_t before = atomic_load(&slot->owner);

	if (before == owner || !atomic_compare_exchange_strong(&slot->owner, &before, SD_MARK_TAKEN)) {
		return false;
	}
	atomic_store(&slot->word, sd_mark_word_unknown(sd_mark_tag(owner)));
	atomic_store(&slot->heard_ms, 0);
	atomic_store(&slot->tried_ms, 0);
	atomic_store(&slot->dead_since_ms, 0);
	atomic_store(&slot->refused_ms, 0);
	atomic_store(&slot->hurried_ms, 0);
	atomic_store(&slot->claimed_ms, now_ms);
	atomic_store(&slot->failures, 0);
	atomic_store(&slot->finding.word, 0);
	atomic_store(&slot->finding.proven_ms, 0);
	sd_identity_clear(&slot->identity);
	atomic_store(&slot->clock_us, 0);
	atomic_store(&slot->reason_check, 0);
	atomic_store(&slot->version_check, 0);
	atomic_store(&slot->unproven, 0);
	for (size_t i = 0; i < SD_COUNTERS; i++) {
		atomic_store(&slot->counters[i], 0);
	}
	before = SD_MARK_TAKEN;
	return atomic_compare_exchange_strong(&slot->owner, &before, owner);
}

/* A process that failed to claim the slot may have cleared it for another owner. */
static void set_tag(struct sd_mark_slot *slot, unsigned tag)
{
	uint64_t word = atomic_load(&slot->word);

	if (sd_mark_word_tag(word) != tag) {
		(void)atomic_compare_exchange_strong(&slot->word, &word, sd_mark_word_unknown(tag));
	}
}

bool sd_dead_marks_find(struct sd_dead_marks *marks, const struct sd_server *server, int64_t uid,
                        int64_t now_ms, struct sd_mark *mark)
{
	uint64_t owner = hash_of_server(marks, server, uid);

	*mark = (struct sd_mark){.owner = owner, .tag = sd_mark_tag(owner)};
	mark->alive = sd_mark_word_alive(mark->tag);
	for (int i = 0; i < TRIES_MAX; i++) {
		struct sd_mark_slot *slot = slot_of(marks, owner);

		if (slot == NULL) {
			slot = free_slot(marks);
			slot = slot != NULL ? slot : slot_to_reuse(marks, (uint32_t)uid, now_ms);
			if (slot == NULL) {
				return false;
			}
			(void)claim(slot, owner, now_ms); /* if two claim at once, the first slot counts */
			continue;
		}
		set_tag(slot, mark->tag);
		mark->slot = slot;
		return true;
	}
	return false;
}
