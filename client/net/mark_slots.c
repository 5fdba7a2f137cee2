/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The table of dead marks: whose each slot is; see mark_slots.h and dead_marks.h. */

#include "client/net/mark_slots.h"

#include <stdlib.h>
#include <string.h>

#include "client/net/platform.h"
#include "wire/hash.h"

#define TABLE_SIZE (SD_DEAD_MARKS_MAX * sizeof(struct sd_mark_slot))
#define TRIES_MAX 8 /* to claim a slot while others claim slots too */

struct sd_dead_marks {
	struct sd_mark_slot *slots;
	bool is_shared;
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

/* Two servers of a user with the same hash share one mark. */
static uint64_t hash_of(const struct sd_server *server, int64_t uid)
{
	uint64_t hash = SD_FNV64_BASIS;
	bool is_path = sd_server_unix_path(server) != NULL;

	for (const char *each = server->host; *each != '\0'; each++) {
		bool is_capital = *each >= 'A' && *each <= 'Z' && !is_path;

		hash = sd_fnv64_byte(hash, (uint8_t)(is_capital ? *each + ('a' - 'A') : *each));
	}
	hash = sd_fnv64_byte(hash, server->port & 0xffu);
	hash = sd_fnv64_byte(hash, (uint8_t)(server->port >> 8));
	for (int shift = 0; shift < 32; shift += 8) {
		hash = sd_fnv64_byte(hash, (uint8_t)((uint64_t)uid >> shift));
	}
	return hash > SD_MARK_TAKEN ? hash : hash + 2;
}

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

static size_t count_of(const struct sd_dead_marks *marks, int64_t uid)
{
	size_t count = 0;

	for (size_t i = 0; i < SD_DEAD_MARKS_MAX; i++) {
		count += atomic_load_explicit(&marks->slots[i].uid, memory_order_relaxed) == uid;
	}
	return count;
}

/* The user with the most slots; of several with as many, `uid` if it is one of them. */
static int64_t largest_user(const struct sd_dead_marks *marks, int64_t uid)
{
	int64_t largest = uid;
	size_t most = count_of(marks, uid);

	for (size_t i = 0; i < SD_DEAD_MARKS_MAX; i++) {
		int64_t each = atomic_load_explicit(&marks->slots[i].uid, memory_order_relaxed);
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
static struct sd_mark_slot *slot_to_reuse(const struct sd_dead_marks *marks, int64_t uid,
                                          int64_t now_ms)
{
	int64_t loser = largest_user(marks, uid);
	struct sd_mark_slot *oldest = NULL;

	for (size_t i = 0; i < SD_DEAD_MARKS_MAX; i++) {
		struct sd_mark_slot *slot = &marks->slots[i];

		if (atomic_load(&slot->uid) == loser &&
		    (oldest == NULL || last_use_of(slot) < last_use_of(oldest))) {
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
static bool claim(struct sd_mark_slot *slot, uint64_t owner, int64_t uid, int64_t now_ms)
{
	uint64_t before = atomic_load(&slot->owner);

	if (before == owner || !atomic_compare_exchange_strong(&slot->owner, &before, SD_MARK_TAKEN)) {
		return false;
	}
	atomic_store(&slot->word, sd_mark_word_unknown(sd_mark_tag(owner)));
	atomic_store(&slot->heard_ms, 0);
	atomic_store(&slot->tried_ms, 0);
	atomic_store(&slot->dead_since_ms, 0);
	atomic_store(&slot->claimed_ms, now_ms);
	atomic_store(&slot->uid, uid);
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
	uint64_t owner = hash_of(server, uid);

	*mark = (struct sd_mark){.owner = owner};
	for (int i = 0; i < TRIES_MAX; i++) {
		struct sd_mark_slot *slot = slot_of(marks, owner);

		if (slot == NULL) {
			slot = free_slot(marks);
			slot = slot != NULL ? slot : slot_to_reuse(marks, uid, now_ms);
			if (slot == NULL) {
				return false;
			}
			(void)claim(slot, owner, uid, now_ms); /* if two claim at once, the first slot counts */
			continue;
		}
		set_tag(slot, sd_mark_tag(owner));
		mark->slot = slot;
		return true;
	}
	return false;
}
