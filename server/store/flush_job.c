/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* A flush job; see flush_job.h. */

#include "server/store/flush_job.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/store/backup.h"
#include "server/store/btree.h"
#include "server/store/layers.h"
#include "server/store/memtable.h"
#include "server/store/values.h"
#include "server/system/clock.h"
#include "server/system/yield.h"

#define SWEEP_TRANSACTION_US 50000 /* the longest transaction of a sweep, about */
#define SWEEP_JOB_US 1000000       /* all of a job's, about, before it writes */
#define COMPARISONS_BETWEEN_YIELDS 512

/* In which epoch an entry was proven; 0: in none. One that is not was carried here by a repair that
 * proved nothing yet. What was recovered was written in the epoch of its memtable. */
static uint32_t epoch_of(const struct sdd_btree *btree, const struct sdd_flush_job *job,
                         const struct sdd_known *known)
{
	return known->last->proven || job->epoch != sdd_btree_epoch(btree) ? job->epoch : 0;
}

/* Writes what a memtable knows of one key. What has expired leaves nothing. */
static enum sdd_result write_key(struct sdd_btree *btree, const struct sdd_flush_job *job,
                                 const struct sdd_known *known)
{
	struct sdd_entry entry = sdd_record_entry(known->last);
	enum sdd_record_kind kind = (enum sdd_record_kind)known->last->kind;

	if (known->put != NULL) {
		entry.extent = sdd_record_extent(known->put);
	}
	if (kind != SDD_REMOVE && entry.expires_ms <= job->now_ms &&
	    (job->after_ms == SDD_ALL_EXPIRED || job->epoch == sdd_btree_epoch(btree))) {
		kind = SDD_REMOVE;
	} else if (kind == SDD_CHANGE && known->put != NULL) {
		kind = SDD_PUT;
		entry.value = sdd_record_value(known->put);
	}
	return sdd_btree_write(btree, kind, sdd_record_key(known->last), &entry,
	                       epoch_of(btree, job, known));
}

static int compare_keys(const void *left, const void *right, void *yield)
{
	struct sd_bytes a = sdd_record_key(((const struct sdd_known *)left)->last);
	struct sd_bytes b = sdd_record_key(((const struct sdd_known *)right)->last);
	int order = memcmp(a.data, b.data, a.length < b.length ? a.length : b.length);

	sdd_yield_step(yield, COMPARISONS_BETWEEN_YIELDS);
	return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

/* Sorts what the memtable knows as the B-tree is sorted: neighbours are on the same pages. False:
 * no memory. */
static bool sort(struct sdd_flush_job *job)
{
	struct sdd_yield yield;

	free(job->all);
	job->count = 0;
	job->all = malloc((sdd_memtable_count(job->memtable) + 1) * sizeof(*job->all));
	if (job->all == NULL) {
		return false;
	}
	for (size_t i = 0; sdd_memtable_at(job->memtable, i, &job->all[job->count]); i++) {
		job->count += job->all[job->count].last != NULL;
	}
	sdd_yield_begin(&yield);
	qsort_r(job->all, job->count, sizeof(*job->all), compare_keys, &yield);
	return true;
}

/* Begins a transaction. */
static enum sdd_result begin_any(struct sdd_btree *btree, const struct sdd_flush_job *job)
{
	sdd_backup_make_way(job->layers->backup);
	return sdd_btree_begin(btree);
}

static enum sdd_result begin_transaction(struct sdd_btree *btree, const struct sdd_flush_job *job)
{
	enum sdd_result result = begin_any(btree, job);

	if (result == SDD_DONE) {
		result = sdd_btree_bound_version(btree, job->version);
	}
	return result == SDD_DONE ? sdd_btree_bound_newest(btree, job->newest) : result;
}

/* Whether the memtable has a change of an entry whose value is in the B-tree. */
static bool will_change(const void *context, struct sd_bytes key_bytes, int64_t *expires_ms)
{
	const struct sdd_flush_job *job = context;
	struct sdd_key key = sdd_layers_key(job->layers, key_bytes);
	struct sdd_known known = sdd_memtable_find(job->memtable, &key);

	if (known.last == NULL || known.last->kind != SDD_CHANGE || known.put != NULL) {
		return false;
	}
	*expires_ms = known.last->expires_ms;
	return true;
}

/* One transaction of the sweep, for about `most_us` microseconds, but of some rows at least. */
static enum sdd_result sweep_some(struct sdd_btree *btree, struct sdd_flush_job *job,
                                  int64_t most_us)
{
	enum sdd_result result = begin_any(btree, job);
	size_t seen = 0;

	if (result == SDD_DONE) {
		result = sdd_btree_sweep(btree, job->after_ms, job->now_ms, most_us, job->rows_at_once,
		                         will_change, job, &seen, &job->has_more);
	}
	if (result == SDD_DONE && seen > 0) {
		result = sdd_btree_commit(btree);
	} else if (result == SDD_DONE) {
		sdd_btree_abort(btree);
	}
	job->swept += result == SDD_DONE ? seen : 0;
	return result;
}

/* Removes what has expired, in short transactions. On a full disk they are as short as can be, and
 * the first ones live on the reserve: what they remove is room for those that follow. On failure
 * there is more to sweep. */
static enum sdd_result sweep(struct sdd_btree *btree, struct sdd_flush_job *job)
{
	int64_t end_us = sdd_clock_monotonic_us() + SWEEP_JOB_US;
	int64_t most_us = SWEEP_TRANSACTION_US;
	enum sdd_result result = SDD_DONE;

	job->has_more = job->now_ms != 0;
	while (job->has_more && result == SDD_DONE && sdd_clock_monotonic_us() < end_us) {
		result = sweep_some(btree, job, most_us);
		if (result == SDD_FULL && most_us > 0) {
			(void)sdd_reserve_release(job->reserve);
			most_us = 0;
			result = SDD_DONE;
			job->has_more = true; /* even if that transaction would have removed all */
		}
	}
	job->has_more = job->has_more || result != SDD_DONE;
	return result;
}

static bool rewrite_values(struct sdd_flush_job *job, struct sdd_values *values)
{
	for (size_t i = 0; i < job->count; i++) {
		struct sdd_extent extent = {.length = 0};

		if (job->all[i].put != NULL) {
			extent = sdd_record_extent(job->all[i].put);
		}
		if (extent.length > 0 && !sdd_values_rewrite(values, &extent)) {
			return false;
		}
	}
	return true;
}

/* Forces the values to disk before the B-tree refers to them. If that has failed since they were
 * written, some may be lost, and all are written again. False, with errno: they are not on disk. */
static bool force_values(struct sdd_flush_job *job)
{
	struct sdd_values *values = job->layers->values;
	uint32_t failures = sdd_values_failures(values);

	if (job->layers->sync == SDD_SYNC_NEVER) {
		return true;
	}
	if (failures != job->values_failures && !rewrite_values(job, values)) {
		return false;
	}
	return sdd_values_sync(values, failures);
}

/* It may take several transactions; the last one is left open. */
static enum sdd_result write_keys(struct sdd_btree *btree, struct sdd_flush_job *job)
{
	enum sdd_result result = begin_transaction(btree, job);

	for (size_t i = 0; result == SDD_DONE && i < job->count; i++) {
		if (i % job->keys_at_once == job->keys_at_once - 1) {
			result = sdd_btree_commit(btree);
			result = result == SDD_DONE ? begin_transaction(btree, job) : result;
		}
		if (result == SDD_DONE) {
			result = write_key(btree, job, &job->all[i]);
		}
	}
	if (result == SDD_DONE && job->has_news) {
		result = sdd_btree_remember(btree, &job->ttls, &job->anchor);
	}
	if (result == SDD_DONE && job->generation != 0) {
		result = sdd_btree_record_generation(btree, job->generation);
	}
	return result == SDD_DONE ? sdd_btree_commit(btree) : result;
}

static void fail_job(struct sdd_flush_job *job, enum sdd_result result, const char *reason)
{
	job->result = result;
	(void)snprintf(job->reason, sizeof(job->reason), "%s", reason);
}

/* The sweep comes first: it makes room. If it fails, so will what is written, or it does not
 * matter. */
static void run_job(struct sdd_flush_job *job, struct sdd_btree *btree)
{
	int unwritable = sdd_btree_unwritable(btree);

	job->swept = 0;
	if (unwritable != 0) {
		fail_job(job, SDD_FAILED, strerror(unwritable));
		return;
	}
	if (!sort(job)) {
		fail_job(job, SDD_FAILED, "out of memory");
		return;
	}
	sdd_btree_forget_dead_readers(btree);
	job->result = sweep(btree, job);
	if (job->count > 0 || job->generation != 0 || job->version > sdd_btree_version(btree) ||
	    job->has_news) {
		if (!force_values(job)) {
			fail_job(job, sdd_health_result(sdd_health_of_error(errno)), strerror(errno));
			return;
		}
		job->result = write_keys(btree, job);
	}
	if (job->result == SDD_DONE) {
		sdd_reserve_restore(job->reserve);
	} else {
		fail_job(job, job->result, sdd_btree_reason(btree));
	}
}

/* A backup may have had the pages that were wanted. */
void sdd_flush_job_run(struct sdd_flush_job *job, struct sdd_btree *btree)
{
	run_job(job, btree);
	if (job->result == SDD_FULL &&
	    sdd_backup_abandon(job->layers->backup, "the store needs the room")) {
		run_job(job, btree);
	}
}

bool sdd_flush_job_needs_room(const struct sdd_flush_job *job)
{
	bool has_swept_all = job->now_ms != 0 && job->after_ms == SDD_ALL_EXPIRED && !job->has_more;

	return job->result == SDD_FULL || (job->layers->needs_room && !has_swept_all);
}
