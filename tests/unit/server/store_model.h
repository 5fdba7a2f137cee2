/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * What a store must have after whatever happened. The model knows the states that each key went
 * through, which of them were acknowledged, and which were on disk for certain. All is looked up at
 * one time, MODEL_NOW: an entry that has expired by then is not there.
 */

#ifndef STORE_MODEL_H
#define STORE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/store/store.h"

#define MODEL_NOW 1000 /* ms */
#define MODEL_KEYS 16
#define MODEL_LONGEST (512u * 1024u)

enum model_outcome {
	MODEL_ACKNOWLEDGED,
	MODEL_REFUSED, /* it is not stored, and never will be */
	MODEL_UNKNOWN, /* it may be stored, or not, as a whole */
};

/* No key was ever stored. */
void model_reset(void);

/* The store's next process has begun: nothing was written in its epoch. */
void model_begin_epoch(void);

/* Whether a power cut may leave a part of a batch. Reset by model_reset(). */
void model_split_batches(bool may_be_split);

/* {{{ a batch: operations of the store, which the model records if the store took them */

enum sdd_result model_put(struct sdd_store *store, unsigned key, size_t length, int64_t expires_ms,
                          uint32_t flags);
enum sdd_result model_change(struct sdd_store *store, unsigned key, int64_t expires_ms);
enum sdd_result model_remove(struct sdd_store *store, unsigned key);
void model_end_batch(enum model_outcome outcome);

/* }}} */

/* All that was acknowledged is on disk. */
void model_record_forced(void);

/* The store's process has just opened it after another one died, or, if `power_cut`, after a power
 * cut. Fails the test unless it has what it must have. What it has counts as acknowledged from now
 * on, because it is served. */
void model_check_recovered(struct sdd_store *store, bool power_cut);

/* Fails the test unless this process finds what it acknowledged. */
void model_check(struct sdd_store *store);

#endif
