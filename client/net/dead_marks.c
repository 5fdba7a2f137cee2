/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Dead marks; see health.h.
 *
 * Invariants: a slot that has a place keeps it. A mark's word has its state in
 * the two highest bits and a time in the others: since when it is alive, or until
 * when it is dead. The reason is for people, and is only shown where nobody was
 * writing it; all else about it is the word.
 */

#include "client/net/dead_marks.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "client/net/platform.h"

#define STATE_SHIFT 62
#define TIME_MASK (((uint64_t)1 << STATE_SHIFT) - 1)
#define REASON_WORDS (SD_HEALTH_REASON_MAX / sizeof(uint64_t))
#define VIEW_TRIES 16

struct sd_mark {
	_Atomic uint64_t place; /* a hash of host and port; 0: the slot is free */
	_Atomic uint64_t word;
	_Atomic int64_t dead_since_ms;
	_Atomic uint64_t failures;
	_Atomic uint64_t reason_turn; /* odd: the reason is being written */
	_Atomic uint64_t reason[REASON_WORDS];
};

struct sd_health {
	struct sd_mark *marks;
	bool is_shared;
};

/* {{{ the table */

struct sd_health *sd_health_new(void)
{
	struct sd_health *health = malloc(sizeof(*health));
	size_t size = SD_HEALTH_SERVERS_MAX * sizeof(struct sd_mark);

	if (health == NULL) {
		return NULL;
	}
	health->marks = sd_platform_share(size);
	health->is_shared = health->marks != NULL;
	if (!health->is_shared) {
		health->marks = calloc(1, size);
	}
	if (health->marks == NULL) {
		free(health);
		return NULL;
	}
	return health;
}

void sd_health_free(struct sd_health *health)
{
	if (health == NULL) {
		return;
	}
	if (health->is_shared) {
		sd_platform_unshare(health->marks, SD_HEALTH_SERVERS_MAX * sizeof(struct sd_mark));
	} else {
		free(health->marks);
	}
	free(health);
}

bool sd_health_is_shared(const struct sd_health *health)
{
	return health->is_shared;
}

/* FNV-1a, of 64 bits; two servers of one table that meet in it share their mark. */
static uint64_t hash_of(const struct sd_server *server)
{
	uint64_t hash = 14695981039346656037u;
	bool is_path = sd_server_unix_path(server) != NULL;

	for (const char *each = server->host; *each != '\0'; each++) {
		bool is_capital = *each >= 'A' && *each <= 'Z' && !is_path;

		hash = (hash ^ (unsigned char)(is_capital ? *each + ('a' - 'A') : *each)) * 1099511628211u;
	}
	hash = (hash ^ (server->port & 0xffu)) * 1099511628211u;
	hash = (hash ^ (server->port >> 8)) * 1099511628211u;
	return hash != 0 ? hash : 1;
}

struct sd_mark *sd_health_find(struct sd_health *health, const struct sd_server *server)
{
	uint64_t hash = hash_of(server);

	for (size_t i = 0; i < SD_HEALTH_SERVERS_MAX; i++) {
		struct sd_mark *mark = &health->marks[(hash + i) % SD_HEALTH_SERVERS_MAX];
		uint64_t there = atomic_load(&mark->place);

		if (there == 0 && atomic_compare_exchange_strong(&mark->place, &there, hash)) {
			return mark;
		}
		if (there == hash) { /* it was, or somebody else was faster */
			return mark;
		}
	}
	return NULL;
}

/* }}} */

/* {{{ the word */

static uint64_t word_of(enum sd_health_state state, int64_t time_ms)
{
	return (uint64_t)state << STATE_SHIFT | ((uint64_t)time_ms & TIME_MASK);
}

static enum sd_health_state state_of(uint64_t word)
{
	return (enum sd_health_state)(word >> STATE_SHIFT);
}

static int64_t time_of(uint64_t word)
{
	return (int64_t)(word & TIME_MASK);
}

bool sd_mark_is_dead(struct sd_mark *mark, int64_t now_ms)
{
	uint64_t word = atomic_load(&mark->word);

	return state_of(word) == SD_DEAD_UNTIL && now_ms < time_of(word);
}

enum sd_admission sd_mark_admit(struct sd_mark *mark, int64_t now_ms, int64_t lease_ms)
{
	uint64_t word = atomic_load(&mark->word);

	if (state_of(word) != SD_DEAD_UNTIL) {
		return SD_ADMITTED;
	}
	if (now_ms >= time_of(word) &&
	    atomic_compare_exchange_strong(&mark->word, &word,
	                                   word_of(SD_DEAD_UNTIL, now_ms + lease_ms))) {
		return SD_PROBES;
	}
	/* whoever was faster probes, or has found it alive already */
	return state_of(word) == SD_DEAD_UNTIL ? SD_SKIPPED : SD_ADMITTED;
}

bool sd_mark_answered(struct sd_mark *mark, const struct sd_mark_try *how, int64_t *dead_ms)
{
	uint64_t word = atomic_load(&mark->word);
	enum sd_health_state before = state_of(word);

	if (before == SD_ALIVE || (before == SD_DEAD_UNTIL && how->admission != SD_PROBES)) {
		return false;
	}
	if (!atomic_compare_exchange_strong(&mark->word, &word, word_of(SD_ALIVE, how->now_ms))) {
		return false; /* somebody else told the same, or probes since the lease is over */
	}
	*dead_ms = how->now_ms - atomic_load(&mark->dead_since_ms);
	return before == SD_DEAD_UNTIL;
}

/* }}} */

/* {{{ the reason */

static void write_reason(struct sd_mark *mark, const char *reason)
{
	uint64_t words[REASON_WORDS] = {0};
	uint64_t turn = atomic_load(&mark->reason_turn) | 1; /* odd already: its writer was killed */
	size_t length = strlen(reason);

	memcpy(words, reason, length < sizeof(words) ? length : sizeof(words) - 1);
	atomic_store(&mark->reason_turn, turn);
	for (size_t i = 0; i < REASON_WORDS; i++) {
		atomic_store(&mark->reason[i], words[i]);
	}
	atomic_store(&mark->reason_turn, turn + 1);
}

static void read_reason(struct sd_mark *mark, char reason[SD_HEALTH_REASON_MAX])
{
	uint64_t words[REASON_WORDS];

	for (int i = 0; i < VIEW_TRIES; i++) {
		uint64_t turn = atomic_load(&mark->reason_turn);

		for (size_t j = 0; j < REASON_WORDS; j++) {
			words[j] = atomic_load(&mark->reason[j]);
		}
		if (turn % 2 == 0 && turn == atomic_load(&mark->reason_turn)) {
			memcpy(reason, words, sizeof(words));
			reason[SD_HEALTH_REASON_MAX - 1] = '\0';
			return;
		}
	}
	reason[0] = '\0';
}

void sd_mark_complain(struct sd_mark *mark, const char *reason)
{
	(void)atomic_fetch_add(&mark->failures, 1);
	write_reason(mark, reason);
}

/* }}} */

bool sd_mark_failed(struct sd_mark *mark, const struct sd_mark_try *how, int64_t until_ms,
                    const char *reason)
{
	uint64_t word = atomic_load(&mark->word);
	enum sd_health_state before = state_of(word);

	if (before == SD_DEAD_UNTIL ? how->admission != SD_PROBES : how->began_ms < time_of(word)) {
		(void)atomic_fetch_add(&mark->failures, 1);
		return false; /* it is marked already, or came back meanwhile */
	}
	sd_mark_complain(mark, reason);
	if (!atomic_compare_exchange_strong(&mark->word, &word, word_of(SD_DEAD_UNTIL, until_ms))) {
		return false;
	}
	if (before != SD_DEAD_UNTIL) {
		atomic_store(&mark->dead_since_ms, how->now_ms);
	}
	return before != SD_DEAD_UNTIL;
}

void sd_mark_view(struct sd_mark *mark, struct sd_mark_view *view)
{
	uint64_t word = atomic_load(&mark->word);

	view->state = state_of(word);
	view->since_ms = time_of(word);
	view->until_ms = 0;
	if (view->state == SD_DEAD_UNTIL) {
		view->since_ms = atomic_load(&mark->dead_since_ms);
		view->until_ms = time_of(word);
	}
	view->failures = atomic_load(&mark->failures);
	read_reason(mark, view->reason);
}
