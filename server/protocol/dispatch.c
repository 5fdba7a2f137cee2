/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* From bytes to requests; see dispatch.h, and batch.h for what a tick is. */

#include "server/protocol/dispatch.h"

#include <stdlib.h>
#include <sys/random.h>

#include "server/protocol/batch.h"
#include "server/protocol/classic.h"
#include "server/protocol/deferred.h"
#include "server/protocol/doubts.h"
#include "server/protocol/last_access.h"
#include "server/protocol/locks.h"
#include "server/protocol/meta.h"
#include "server/protocol/meta_reply.h"
#include "server/protocol/monitor.h"
#include "server/protocol/operations.h"
#include "server/store/store.h"
#include "server/system/clock.h"
#include "server/system/log.h"
#include "wire/meta_server.h"

struct sdd_dispatch {
	struct sdd_connections *connections;
	bool has_received; /* in this tick */
	struct sdd_batch batch;
	struct sdd_last_access *last_access;
	struct sdd_doubts doubts;
	struct sdd_locks *locks;
	struct sdd_deferred *deferred;
	struct sdd_operations operations;
	struct sdd_meta_state meta;
	struct sdd_log_limit trouble;
};

/* Whether the connection, which has sent nothing else yet, speaks the meta protocol. One that
 * speaks neither protocol is finished. */
static bool speaks_meta(struct sdd_connection *connection, const uint8_t *bytes, size_t length)
{
	switch (sd_meta_beginning_of(bytes, length)) {
	case SD_META_BEGINS:
		sdd_connection_set_persistent(connection);
		return true;
	case SD_META_UNDECIDED:
		return false;
	default:
		sdd_connection_log(connection, SDD_LOG_WARNING, "unknown command",
		                   "refused: unknown command");
		sdd_connection_finish(connection);
		return false;
	}
}

/* Runs the first request of a connection, by the protocol that it speaks. */
static size_t execute_first(struct sdd_dispatch *dispatch, struct sdd_connection *connection,
                            const uint8_t *bytes, size_t length, enum sdd_result *result)
{
	if (sdd_classic_begins(bytes[0])) {
		return sdd_classic_execute(&dispatch->operations, connection, bytes, length,
		                           dispatch->operations.max_request_size, result);
	}
	return speaks_meta(connection, bytes, length)
	           ? sdd_meta_execute(&dispatch->meta, connection, bytes, length, result)
	           : 0;
}

/* The request has done nothing: it is run in a later tick. */
static void put_off(struct sdd_dispatch *dispatch, struct sdd_connection *connection)
{
	if (dispatch->batch.is_too_much) {
		dispatch->batch.is_too_much = false;
		sdd_connection_postpone(connection);
	} else {
		sdd_connection_defer(connection);
	}
}

/* The statistic of a request that the store refused. */
static enum sdd_statistic refusal_of(const struct sdd_dispatch *dispatch, enum sdd_result result)
{
	if (result != SDD_FULL) {
		return SDD_STAT_REFUSED_FAILED;
	}
	return sdd_store_is_too_large(dispatch->batch.store) ? SDD_STAT_REFUSED_MAXSIZE
	                                                     : SDD_STAT_REFUSED_DISK;
}

/* The store refused the request: replaces its reply. A store that is full or fails does that to
 * every request of every client, so the messages are about the store, and limited. The classic
 * protocol's reply is that the connection closes. */
static void refuse_connection(struct sdd_dispatch *dispatch, struct sdd_connection *connection,
                              enum sdd_result result)
{
	const char *reason = sdd_store_reason(dispatch->batch.store);

	dispatch->meta.statistics.numbers[refusal_of(dispatch, result)]++;
	sdd_log_limited(&dispatch->trouble, SDD_LOG_ERROR, "requests are refused, %s: %s",
	                result == SDD_FULL ? "no room" : "the store failed", reason);
	sdd_connection_discard(connection);
	if (sdd_connection_is_persistent(connection)) {
		sdd_doubts_refused(&dispatch->doubts, dispatch->batch.boot_ms);
		sdd_meta_reply_refused(connection, result, reason);
	}
}

/* A request was refused, has to wait, lost the batch, or is run again by itself. Returns its
 * length, `consumed`; 0: it is handed over again. */
static size_t end_request(struct sdd_dispatch *dispatch, struct sdd_connection *connection,
                          enum sdd_result result, size_t consumed)
{
	if (dispatch->batch.state == SDD_BATCH_ONE_BY_ONE) {
		sdd_work_add(dispatch->operations.work, SDD_WORK_COMMIT);
	}
	result = sdd_batch_end_request(&dispatch->batch, result);
	if (result == SDD_LATER) {
		put_off(dispatch, connection);
		return 0;
	}
	if (result != SDD_DONE) {
		refuse_connection(dispatch, connection, result);
	}
	return consumed;
}

size_t sdd_dispatch_received(void *context, struct sdd_connection *connection, const uint8_t *bytes,
                             size_t length)
{
	struct sdd_dispatch *dispatch = context;
	enum sdd_result result = SDD_DONE;
	size_t consumed;

	dispatch->has_received = true;
	if (!sdd_batch_begin_request(&dispatch->batch)) {
		return 0;
	}
	consumed = sdd_connection_is_persistent(connection)
	               ? sdd_meta_execute(&dispatch->meta, connection, bytes, length, &result)
	               : execute_first(dispatch, connection, bytes, length, &result);
	return result == SDD_DONE && dispatch->batch.state == SDD_BATCH_TOGETHER
	           ? consumed
	           : end_request(dispatch, connection, result, consumed);
}

bool sdd_dispatch_end_tick(struct sdd_dispatch *dispatch)
{
	bool has_received = dispatch->has_received;

	dispatch->has_received = false;
	sdd_batch_end_tick(&dispatch->batch, dispatch->locks, dispatch->connections);
	if (sdd_connections_are_deferred(dispatch->connections)) {
		sdd_deferred_end_tick(dispatch->deferred, dispatch->connections);
	}
	return has_received;
}

void sdd_dispatch_closing(void *context, void *attachment)
{
	(void)context;
	sdd_lock_holder_end(attachment);
}

bool sdd_dispatch_is_needed(void *context, const void *attachment)
{
	(void)context;
	return sdd_lock_holder_is_busy(attachment);
}

struct sdd_dispatch *sdd_dispatch_new(struct event_base *base, struct sdd_store *store,
                                      const struct sdd_dispatch_settings *settings)
{
	static const struct sdd_lock_handler lock_handler = {.decided = sdd_meta_lock_decided};
	struct sdd_dispatch *dispatch = calloc(1, sizeof(*dispatch));

	if (dispatch == NULL) {
		return NULL;
	}
	dispatch->batch = (struct sdd_batch){
		.store = store, .clock = sdd_store_clock(store), .expiration_ms = settings->expiration_ms};
	dispatch->last_access = sdd_last_access_new();
	dispatch->locks =
		sdd_locks_new(base, &lock_handler, settings->lock_waiters, settings->lock_memory);
	dispatch->deferred = sdd_deferred_new(base, store);
	dispatch->operations = (struct sdd_operations){
		.batch = &dispatch->batch,
		.last_access = dispatch->last_access,
		.doubts = &dispatch->doubts,
		.max_request_size = settings->max_request_size,
		.since_ms = sdd_clock_boot_ms(),
	};
	(void)getrandom(&dispatch->operations.process, sizeof(dispatch->operations.process), 0);
	dispatch->meta = (struct sdd_meta_state){
		.operations = &dispatch->operations,
		.locks = dispatch->locks,
		.lease_max_s = settings->lock_lease_s,
	};
	if (dispatch->last_access == NULL || dispatch->locks == NULL || dispatch->deferred == NULL) {
		sdd_dispatch_free(dispatch);
		return NULL;
	}
	return dispatch;
}

void sdd_dispatch_set(struct sdd_dispatch *dispatch, const struct sdd_dispatch_settings *settings)
{
	dispatch->batch.expiration_ms = settings->expiration_ms;
	dispatch->meta.lease_max_s = settings->lock_lease_s;
	sdd_locks_set_waiters_max(dispatch->locks, settings->lock_waiters);
}

void sdd_dispatch_attach(struct sdd_dispatch *dispatch, struct sdd_connections *connections)
{
	dispatch->connections = connections;
	dispatch->operations.work = sdd_connections_work(connections);
}

struct sdd_monitor *sdd_dispatch_monitor(struct sdd_dispatch *dispatch)
{
	return sdd_monitor_new(&dispatch->meta, dispatch->connections);
}

void sdd_dispatch_free(struct sdd_dispatch *dispatch)
{
	if (dispatch != NULL) {
		sdd_last_access_free(dispatch->last_access);
		sdd_doubts_clear(&dispatch->doubts);
		sdd_locks_free(dispatch->locks);
		sdd_deferred_free(dispatch->deferred);
		free(dispatch);
	}
}
