/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Dead marks; see dead_marks.h. Which slot is whose is decided by mark_slots.h.
 *
 * Invariants: a word is only changed for the owner whose tag it has. The reason is for people, and
 * is shown only if its check is right: not if two workers were writing it at once, or one was
 * killed at it. Everything else follows from the word and the two times, which only grow.
 */

#include "client/net/dead_marks.h"

#include <string.h>

#include "client/net/mark_slots.h"
#include "wire/hash.h"

#define REASON_TRIES 16 /* to read or write a reason that others may be writing */
#define REASON_WORDS SD_MARK_REASON_WORDS

/* {{{ the word */

/* The server's word, or that of a server of which nothing is known. */
static uint64_t load(const struct sd_mark *mark)
{
	uint64_t word = atomic_load(&mark->slot->word);
	unsigned tag = sd_mark_tag(mark->owner);

	return sd_mark_word_tag(word) == tag ? word : sd_mark_word_unknown(tag);
}

/* False: another worker was faster, or the slot is another server's. */
static bool change(const struct sd_mark *mark, uint64_t word, enum sd_mark_event event,
                   const struct sd_mark_times *times)
{
	uint64_t next = sd_mark_word_next(word, event, times);

	return next != word && atomic_compare_exchange_strong(&mark->slot->word, &word, next);
}

static void raise(_Atomic int64_t *time, int64_t to_ms)
{
	int64_t known_ms = atomic_load_explicit(time, memory_order_relaxed);

	while (known_ms < to_ms && !atomic_compare_exchange_weak(time, &known_ms, to_ms)) {
	}
}

/* Whether the word marks the server, and no answered request is younger than the attempt. */
static bool is_marked(const struct sd_mark *mark, uint64_t word)
{
	return sd_mark_word_is_dead(word) &&
	       atomic_load(&mark->slot->heard_ms) <= atomic_load(&mark->slot->tried_ms);
}

bool sd_mark_is_kept(const struct sd_mark *mark)
{
	const struct sd_mark_slot *slot = mark->slot;
	uint64_t word = atomic_load_explicit(&slot->word, memory_order_relaxed);

	return atomic_load_explicit(&slot->owner, memory_order_relaxed) == mark->owner &&
	       sd_mark_word_tag(word) == sd_mark_tag(mark->owner);
}

bool sd_mark_is_alive(const struct sd_mark *mark)
{
	uint64_t word = atomic_load_explicit(&mark->slot->word, memory_order_relaxed);

	return word >> SD_MARK_TAG_SHIFT == sd_mark_word_alive(sd_mark_tag(mark->owner)) &&
	       atomic_load_explicit(&mark->slot->owner, memory_order_relaxed) == mark->owner;
}

bool sd_mark_is_dead(const struct sd_mark *mark, int64_t now_ms)
{
	uint64_t word = load(mark);

	return is_marked(mark, word) && now_ms < sd_mark_word_time(word);
}

int64_t sd_mark_refusing_since(const struct sd_mark *mark)
{
	uint64_t word = load(mark);

	return sd_mark_word_state(word) == SD_REFUSING && is_marked(mark, word)
	           ? atomic_load(&mark->slot->dead_since_ms)
	           : 0;
}

bool sd_mark_is_younger(const struct sd_mark *mark, int64_t than_ms)
{
	return atomic_load(&mark->slot->tried_ms) > than_ms;
}

enum sd_admission sd_mark_admit(const struct sd_mark *mark, int64_t now_ms, int64_t lease_ms)
{
	const struct sd_mark_times times = {.now_ms = now_ms, .lease_ms = lease_ms};
	uint64_t word = load(mark);

	if (!sd_mark_word_is_dead(word)) {
		return sd_mark_word_state(word) == SD_ALIVE ? SD_ADMITTED_ALIVE : SD_ADMITTED;
	}
	if (!is_marked(mark, word)) {
		return SD_ADMITTED;
	}
	if (now_ms >= sd_mark_word_time(word) && change(mark, word, SD_MARK_PROBE_BEGAN, &times)) {
		return SD_PROBES;
	}
	/* another worker was faster: it probes, or has found the server alive already */
	return sd_mark_word_is_dead(load(mark)) ? SD_SKIPPED : SD_ADMITTED;
}

void sd_mark_hear(const struct sd_mark *mark, int64_t sent_ms)
{
	if (atomic_load_explicit(&mark->slot->heard_ms, memory_order_relaxed) < sent_ms) {
		raise(&mark->slot->heard_ms, sent_ms);
	}
}

bool sd_mark_answered(const struct sd_mark *mark, const struct sd_mark_try *how, int64_t *dead_ms)
{
	const struct sd_mark_times times = {.now_ms = how->now_ms};
	uint64_t word = load(mark);
	bool saw_mark = how->admission == SD_PROBES || how->admission == SD_INSISTED;
	bool is_late = sd_mark_word_is_dead(word) && !saw_mark &&
	               how->began_ms <= atomic_load(&mark->slot->tried_ms);

	if (is_late) {
		return false;
	}
	sd_mark_hear(mark, how->began_ms);
	if (!change(mark, word, SD_MARK_ANSWERED, &times)) {
		return false; /* it is alive, or another worker probes because the lease is over */
	}
	*dead_ms = how->now_ms - atomic_load(&mark->slot->dead_since_ms);
	return sd_mark_word_is_dead(word);
}

/* }}} */

/* {{{ the reason */

static uint64_t check_of(const uint64_t words[REASON_WORDS])
{
	const uint8_t *bytes = (const uint8_t *)words;
	uint64_t check = SD_FNV64_BASIS;

	for (size_t i = 0; i < SD_DEAD_MARKS_REASON_MAX; i++) {
		check = sd_fnv64_byte(check, bytes[i]);
	}
	return check != 0 ? check : 1;
}

/* False: there is none, or it is not whole. */
static bool read_words(struct sd_mark_slot *slot, uint64_t words[REASON_WORDS])
{
	for (size_t i = 0; i < REASON_WORDS; i++) {
		words[i] = atomic_load(&slot->reason[i]);
	}
	return atomic_load(&slot->reason_check) == check_of(words);
}

/* Two that write at once may mix their texts. Then the check is wrong, and the one that sees it
 * writes again. */
static void write_reason(struct sd_mark_slot *slot, const char *reason)
{
	uint64_t words[REASON_WORDS] = {0};
	uint64_t found[REASON_WORDS];
	size_t length = strlen(reason);

	memcpy(words, reason, length < sizeof(words) ? length : sizeof(words) - 1);
	for (int i = 0; i < REASON_TRIES; i++) {
		for (size_t j = 0; j < REASON_WORDS; j++) {
			atomic_store(&slot->reason[j], words[j]);
		}
		atomic_store(&slot->reason_check, check_of(words));
		if (read_words(slot, found)) {
			return; /* this one, or another's */
		}
	}
}

static void read_reason(struct sd_mark_slot *slot, char reason[SD_DEAD_MARKS_REASON_MAX])
{
	uint64_t words[REASON_WORDS];

	for (int i = 0; i < REASON_TRIES; i++) {
		if (read_words(slot, words)) {
			memcpy(reason, words, sizeof(words));
			reason[SD_DEAD_MARKS_REASON_MAX - 1] = '\0';
			return;
		}
	}
	reason[0] = '\0';
}

/* }}} */

void sd_mark_complain(const struct sd_mark *mark, const char *reason)
{
	(void)atomic_fetch_add(&mark->slot->failures, 1);
	write_reason(mark->slot, reason);
}

/* {{{ failures */

static enum sd_mark_event event_of(enum sd_admission admission, enum sd_evidence evidence)
{
	bool probes = admission == SD_PROBES;

	switch (evidence) {
	case SD_EVIDENCE_REFUSES:
		return probes ? SD_MARK_PROBE_REFUSED : SD_MARK_REFUSED;
	case SD_EVIDENCE_SILENT:
		return probes ? SD_MARK_PROBE_SILENT : SD_MARK_SILENT;
	case SD_EVIDENCE_WRONG:
		return probes ? SD_MARK_PROBE_REFUSED : SD_MARK_NOTHING;
	default:
		return probes ? SD_MARK_PROBE_VAIN : SD_MARK_NOTHING;
	}
}

bool sd_mark_failed(const struct sd_mark *mark, const struct sd_mark_try *how,
                    enum sd_evidence evidence, const char *reason)
{
	const struct sd_mark_times times = {.now_ms = how->now_ms, .interval_ms = how->interval_ms};
	uint64_t word = load(mark);
	bool was_marked = is_marked(mark, word);
	/* a mark that was lifted no longer counts, and nobody probes */
	uint64_t before = was_marked ? word : sd_mark_word_unknown(sd_mark_tag(mark->owner));
	enum sd_mark_event event = event_of(was_marked ? how->admission : SD_ADMITTED, evidence);
	uint64_t next = sd_mark_word_next(before, event, &times);
	bool was_heard_since = atomic_load(&mark->slot->heard_ms) > how->began_ms;

	sd_mark_complain(mark, reason);
	if (next == before || was_heard_since) {
		return false;
	}
	if (!was_marked) { /* before the word says so: who sees it must not see an old time */
		atomic_store(&mark->slot->dead_since_ms, how->now_ms);
	}
	if (event != SD_MARK_PROBE_VAIN) {
		raise(&mark->slot->tried_ms, how->began_ms);
	}
	return atomic_compare_exchange_strong(&mark->slot->word, &word, next) && !was_marked;
}

/* }}} */

struct sd_finding *sd_mark_finding(const struct sd_mark *mark)
{
	return &mark->slot->finding;
}

struct sd_identity *sd_mark_identity(const struct sd_mark *mark)
{
	return &mark->slot->identity;
}

void sd_mark_set_clock(const struct sd_mark *mark, int64_t offset_us)
{
	atomic_store_explicit(&mark->slot->clock_us, offset_us, memory_order_relaxed);
}

int64_t sd_mark_clock(const struct sd_mark *mark)
{
	return atomic_load_explicit(&mark->slot->clock_us, memory_order_relaxed);
}

void sd_mark_info(const struct sd_mark *mark, struct sd_mark_info *info)
{
	uint64_t word = load(mark);

	*info = (struct sd_mark_info){.state = sd_mark_word_state(word),
	                              .since_ms = sd_mark_word_time(word),
	                              .failures = atomic_load(&mark->slot->failures)};
	if (sd_mark_word_is_dead(word)) {
		info->since_ms = atomic_load(&mark->slot->dead_since_ms);
		info->until_ms = sd_mark_word_time(word);
	}
	if (sd_mark_word_is_dead(word) && !is_marked(mark, word)) {
		info->state = SD_ALIVE;
		info->since_ms = atomic_load(&mark->slot->heard_ms);
		info->until_ms = 0;
	}
	read_reason(mark->slot, info->reason);
}
