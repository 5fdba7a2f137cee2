/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Dead marks; see dead_marks.h. Which slot is whose is decided by mark_slots.h.
 *
 * Invariants: a word is only changed for the owner whose tag it has. The reason is for people, and
 * is shown only if its check is right (mark_text.h). Everything else follows from the word and the
 * two times, which only grow.
 */

#include "client/net/dead_marks.h"

#include <string.h>

#include "client/net/mark_slots.h"
#include "client/net/mark_text.h"

/* Whether the slot was given to no other server meanwhile: whoever sets anything in it looks. */
static bool is_owner(const struct sd_mark *mark)
{
	return atomic_load_explicit(&mark->slot->owner, memory_order_relaxed) == mark->owner;
}

/* {{{ the word */

/* The server's word, or that of a server of which nothing is known. */
static uint64_t load(const struct sd_mark *mark)
{
	uint64_t word = atomic_load(&mark->slot->word);

	return sd_mark_word_tag(word) == mark->tag && is_owner(mark) ? word
	                                                             : sd_mark_word_unknown(mark->tag);
}

/* False: another worker was faster, or the slot is another server's. */
static bool change(const struct sd_mark *mark, uint64_t word, enum sd_mark_event event,
                   const struct sd_mark_times *times)
{
	uint64_t next = sd_mark_word_next(word, event, times);

	return next != word && is_owner(mark) &&
	       atomic_compare_exchange_strong(&mark->slot->word, &word, next);
}

static void raise(_Atomic int64_t *time, int64_t to_ms)
{
	int64_t known_ms = atomic_load_explicit(time, memory_order_relaxed);

	while (known_ms < to_ms && !atomic_compare_exchange_weak(time, &known_ms, to_ms)) {
	}
}

/* Whether no answered request is younger than the last attempt that failed. */
static bool is_away(const struct sd_mark *mark)
{
	return atomic_load(&mark->slot->heard_ms) <= atomic_load(&mark->slot->tried_ms);
}

/* Whether the word marks the server, and no answer has lifted that. */
static bool is_marked(const struct sd_mark *mark, uint64_t word)
{
	return sd_mark_word_is_dead(word) && is_away(mark);
}

bool sd_mark_has_slot(const struct sd_mark *mark)
{
	uint64_t word = atomic_load_explicit(&mark->slot->word, memory_order_relaxed);

	return is_owner(mark) && sd_mark_word_tag(word) == mark->tag;
}

bool sd_mark_is_alive(const struct sd_mark *mark)
{
	uint64_t word = atomic_load_explicit(&mark->slot->word, memory_order_relaxed);

	return word >> SD_MARK_TAG_SHIFT == mark->alive && is_owner(mark);
}

bool sd_mark_is_dead(const struct sd_mark *mark, int64_t now_ms)
{
	uint64_t word = atomic_load_explicit(&mark->slot->word, memory_order_relaxed);

	if (!sd_mark_word_is_dead(word)) {
		return false; /* whoever's it is */
	}
	word = load(mark);
	return is_marked(mark, word) && now_ms < sd_mark_word_time(word);
}

int64_t sd_mark_refusing_since(const struct sd_mark *mark)
{
	bool is_silent = sd_mark_word_state(load(mark)) == SD_SILENT;

	/* without a retry interval it refuses without being marked */
	return is_owner(mark) && is_away(mark) && !is_silent ? atomic_load(&mark->slot->refused_ms) : 0;
}

bool sd_mark_is_younger(const struct sd_mark *mark, int64_t than_ms)
{
	return atomic_load(&mark->slot->tried_ms) > than_ms;
}

/* Whether this caller is the one of those in a hurry that tries the server now. */
static bool is_next_in_hurry(const struct sd_mark *mark, int64_t now_ms)
{
	int64_t next_ms = atomic_load(&mark->slot->hurried_ms);

	return now_ms >= next_ms && is_owner(mark) &&
	       atomic_compare_exchange_strong(&mark->slot->hurried_ms, &next_ms,
	                                      now_ms + SD_MARK_FIRST_PAUSE_MS);
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
	if (lease_ms == SD_NO_LEASE) {
		return now_ms >= sd_mark_word_time(word) && is_next_in_hurry(mark, now_ms) ? SD_HURRIES
		                                                                           : SD_SKIPPED;
	}
	if (now_ms >= sd_mark_word_time(word) && change(mark, word, SD_MARK_PROBE_BEGAN, &times)) {
		return SD_PROBES;
	}
	/* another worker was faster: it probes, or has found the server alive already */
	return sd_mark_word_is_dead(load(mark)) ? SD_SKIPPED : SD_ADMITTED;
}

void sd_mark_hear(const struct sd_mark *mark, int64_t sent_ms)
{
	if (atomic_load_explicit(&mark->slot->heard_ms, memory_order_relaxed) < sent_ms &&
	    is_owner(mark)) {
		raise(&mark->slot->heard_ms, sent_ms);
	}
}

bool sd_mark_answered(const struct sd_mark *mark, const struct sd_mark_try *how, int64_t *dead_ms)
{
	const struct sd_mark_times times = {.now_ms = how->now_ms};
	uint64_t word = load(mark);
	bool saw_mark = how->admission == SD_PROBES || how->admission == SD_HURRIES ||
	                how->admission == SD_INSISTED;
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

void sd_mark_complain(const struct sd_mark *mark, const char *reason)
{
	if (!is_owner(mark)) {
		return;
	}
	(void)atomic_fetch_add(&mark->slot->failures, 1);
	sd_mark_text_write(mark->slot->reason, SD_MARK_REASON_WORDS, &mark->slot->reason_check, reason);
}

/* {{{ failures */

static enum sd_mark_event event_of(enum sd_admission admission, enum sd_evidence evidence)
{
	/* what one of them finds of the server renews a mark; only one has a lease to end */
	bool probes = admission == SD_PROBES || admission == SD_HURRIES;

	switch (evidence) {
	case SD_EVIDENCE_REFUSES:
		return probes ? SD_MARK_PROBE_REFUSED : SD_MARK_REFUSED;
	case SD_EVIDENCE_SILENT:
		return probes ? SD_MARK_PROBE_SILENT : SD_MARK_SILENT;
	case SD_EVIDENCE_WRONG:
		return probes ? SD_MARK_PROBE_REFUSED : SD_MARK_NOTHING;
	default:
		return admission == SD_PROBES ? SD_MARK_PROBE_VAIN : SD_MARK_NOTHING;
	}
}

/* An attempt has failed. It is the first one of an outage if an answer came since the last one, or
 * if that was so long ago that the server may have been back meanwhile. */
static void record_attempt(const struct sd_mark *mark, const struct sd_mark_try *how,
                           bool is_refused)
{
	int64_t known_until_ms =
		atomic_load(&mark->slot->tried_ms) + how->interval_ms + SD_MARK_OUTAGE_MS;
	int64_t none = 0;

	if (!is_away(mark) || how->began_ms > known_until_ms) {
		atomic_store(&mark->slot->refused_ms, is_refused ? how->now_ms : 0);
	} else if (is_refused) {
		(void)atomic_compare_exchange_strong(&mark->slot->refused_ms, &none, how->now_ms);
	}
	raise(&mark->slot->tried_ms, how->began_ms);
}

bool sd_mark_failed(const struct sd_mark *mark, const struct sd_mark_try *how,
                    enum sd_evidence evidence, const char *reason)
{
	const struct sd_mark_times times = {.now_ms = how->now_ms, .interval_ms = how->interval_ms};
	uint64_t word = load(mark);
	bool was_marked = is_marked(mark, word);
	/* a mark that was lifted no longer counts, and nobody probes */
	uint64_t before = was_marked ? word : sd_mark_word_unknown(mark->tag);
	enum sd_mark_event event = event_of(was_marked ? how->admission : SD_ADMITTED, evidence);
	uint64_t next = sd_mark_word_next(before, event, &times);
	bool was_heard_since = atomic_load(&mark->slot->heard_ms) > how->began_ms;

	sd_mark_complain(mark, reason);
	if (next == before || was_heard_since || !is_owner(mark)) {
		return false;
	}
	/* before the word says so: who sees it must not see an old time */
	if (!was_marked) {
		atomic_store(&mark->slot->dead_since_ms, how->now_ms);
	}
	if (event != SD_MARK_PROBE_VAIN) {
		record_attempt(mark, how, sd_mark_word_state(next) == SD_REFUSING);
	}
	return how->interval_ms > 0 && atomic_compare_exchange_strong(&mark->slot->word, &word, next) &&
	       !was_marked;
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
	if (is_owner(mark)) {
		atomic_store_explicit(&mark->slot->clock_us, offset_us, memory_order_relaxed);
	}
}

int64_t sd_mark_clock(const struct sd_mark *mark)
{
	return is_owner(mark) ? atomic_load_explicit(&mark->slot->clock_us, memory_order_relaxed) : 0;
}

/* {{{ what all workers have counted, and were told */

void sd_mark_set_greeting(const struct sd_mark *mark, const char *version, bool has_unproven,
                          uint64_t unproven)
{
	if (!is_owner(mark)) {
		return;
	}
	sd_mark_text_write(mark->slot->version, SD_MARK_VERSION_WORDS, &mark->slot->version_check,
	                   version);
	atomic_store(&mark->slot->unproven, has_unproven ? unproven + 1 : 0);
}

void sd_mark_count(const struct sd_mark *mark, size_t counter, uint64_t more)
{
	if (is_owner(mark)) {
		(void)atomic_fetch_add_explicit(&mark->slot->counters[counter], more, memory_order_relaxed);
	}
}

void sd_mark_count_round(const struct sd_mark *mark, const struct sd_mark_round *round)
{
	_Atomic uint64_t *counters = mark->slot->counters;

	if (!is_owner(mark)) {
		return;
	}
	if (atomic_load_explicit(&mark->slot->heard_ms, memory_order_relaxed) < round->heard_ms) {
		raise(&mark->slot->heard_ms, round->heard_ms);
	}
	(void)atomic_fetch_add_explicit(&counters[SD_COUNTER(operations)], round->operations,
	                                memory_order_relaxed);
	(void)atomic_fetch_add_explicit(&counters[SD_COUNTER(bytes.sent)], round->bytes.sent,
	                                memory_order_relaxed);
	(void)atomic_fetch_add_explicit(&counters[SD_COUNTER(bytes.received)], round->bytes.received,
	                                memory_order_relaxed);
	(void)atomic_fetch_add_explicit(&counters[SD_COUNTER(latencies) + round->latency], 1,
	                                memory_order_relaxed);
}

void sd_mark_statistics(const struct sd_mark *mark, struct sd_statistics *statistics)
{
	uint64_t counters[SD_COUNTERS];

	for (size_t i = 0; i < SD_COUNTERS; i++) {
		counters[i] = is_owner(mark)
		                  ? atomic_load_explicit(&mark->slot->counters[i], memory_order_relaxed)
		                  : 0;
	}
	memcpy(statistics, counters, sizeof(*statistics));
}

/* }}} */

void sd_mark_info(const struct sd_mark *mark, struct sd_mark_info *info)
{
	uint64_t word = load(mark);
	uint64_t unproven;

	if (!is_owner(mark)) {
		*info = (struct sd_mark_info){.state = SD_MARK_UNKNOWN};
		return;
	}
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
	sd_mark_text_read(mark->slot->reason, SD_MARK_REASON_WORDS, &mark->slot->reason_check,
	                  info->reason);
	sd_mark_text_read(mark->slot->version, SD_MARK_VERSION_WORDS, &mark->slot->version_check,
	                  info->version);
	unproven = atomic_load(&mark->slot->unproven);
	info->has_unproven = unproven != 0;
	info->unproven = info->has_unproven ? unproven - 1 : 0;
}
