/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* A store from inside; for store.c and store_open.c only. */

#ifndef SDD_STORE_INTERNAL_H
#define SDD_STORE_INTERNAL_H

#include "server/store/admission.h"
#include "server/store/layers.h"
#include "server/store/store.h"

struct sdd_flusher;
struct sdd_syncer;

struct sdd_store {
	int lock; /* the lock file's descriptor; -1: it is not locked */
	struct sdd_layers layers;
	struct sdd_flusher *flusher;
	struct sdd_syncer *syncer; /* NULL: commits do its work, or nobody does */
	bool in_batch;
	bool has_lost_batch;     /* the last one that began, since the last commit */
	enum sdd_result stalled; /* SDD_FULL, SDD_FAILED: the log or memory takes no more, and no batch
	                          * begins until the next flush; else SDD_DONE */
	size_t refused_size;     /* bytes of the first frame of the batch that the log refused last */
	bool was_doubtful;       /* the log could not be forced to disk, and health says so */
	bool is_unwritten;       /* health is for a long value that its file did not take */
	bool is_too_large;       /* the last refusal was for --maxsize */
	struct sdd_admission admission;
	int64_t now_ms; /* the time of the last batch */
	/* what was found last, for the tally of the write that follows; an operation on the same key */
	struct {
		bool is_known;
		uint64_t hash;
		struct sdd_tally tally; /* of the one entry; all zero: there was none */
	} found;
};

#endif
