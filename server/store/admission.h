/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Whether the store takes another batch now. If the flusher is behind, the batch has to come later,
 * and its owner asks again: nothing here waits. So reads continue meanwhile.
 *
 * There are three reasons for later. The active memtable has reached its maximum and the immutable
 * one is not flushed yet. Or it is on the way there, and batches are paced: many of them come a
 * little later, instead of one so late that everybody would notice. Or an entry did not fit by the
 * estimate of the store's size, and what was written is flushed so that the size is exact.
 *
 * Greedy clients, which have sent many requests at once or a long one, are paced first. The others
 * write meanwhile, and are paced only if that fills the memtable further.
 *
 * If an entry does not fit by the exact size either, but others expire within a second, a client
 * that writes is slowed down to what they leave. The next batch comes when some were swept. If that
 * brings next to no room in a second, it is not tried again before there was some.
 */

#ifndef SDD_ADMISSION_H
#define SDD_ADMISSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/store/entry.h"

struct sdd_flusher;
struct sdd_layers;

/* Zero-initialised. */
struct sdd_admission {
	bool must_ask;          /* the next batch has to ask; false: nothing was in its way before */
	bool has_greedy;        /* the present batch is, in part, of greedy clients */
	int64_t greedy_ms;      /* monotonic: they write nothing until then while a job is running */
	int64_t paced_ms;       /* the same for all others */
	int64_t since_ms;       /* monotonic: since when a job has been waited for; 0: none is */
	bool wants_exact_size;  /* an entry did not fit by the estimate, or beside what has expired */
	bool has_started_flush; /* of all that was written before that */
	int64_t soon_ms;        /* monotonic: the flush comes then, when more has expired; 0: at once */
	int64_t full_since_ms;  /* monotonic: since when there was next to no room; 0: there is */
};

/* A batch was lost, and the active memtable has more keys than before: the next one has to ask. */
static inline void sdd_admission_doubt(struct sdd_admission *admission)
{
	admission->must_ask = true;
}

/* Asks for a flush, and a sweep, before the next batch: then the store's size is exact. */
void sdd_admission_want_exact_size(struct sdd_admission *admission);

/* An entry whose value has `length` bytes does not fit by the exact size, and nothing has expired.
 * Whether it may fit soon, because others expire: the flush and the sweep that are asked for next
 * then come a little later. `now_ms` is the store's time. */
bool sdd_admission_await_room(struct sdd_admission *admission, const struct sdd_layers *layers,
                              size_t length, int64_t now_ms);

/* Whether a greedy client, or another one, can begin a batch now; to be asked if `must_ask` is set.
 * `now_ms` is the store's time, for the sweep. SDD_DONE; SDD_LATER: to be asked again in about a
 * millisecond; SDD_FULL, with a reason: the memtable is full and the last flush has failed, or the
 * disk does not answer for half a minute. */
enum sdd_result sdd_admission_ask(struct sdd_admission *admission, struct sdd_layers *layers,
                                  struct sdd_flusher *flusher, bool is_greedy, int64_t now_ms);

/* Whether a greedy client may write into the batch that is open: SDD_DONE or SDD_LATER. */
enum sdd_result sdd_admission_join(struct sdd_admission *admission);

/* A batch was committed, and so much is waiting that it is to be flushed: the next one has to ask.
 * If the flusher is behind, it comes later, the further the later. */
void sdd_admission_pace(struct sdd_admission *admission, const struct sdd_layers *layers,
                        const struct sdd_flusher *flusher);

#endif
