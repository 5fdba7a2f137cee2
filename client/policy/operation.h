/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * What all operations on a pool have in common: they find the owners of their keys, have a
 * deadline, ask servers in rounds, and end with a verdict.
 *
 * With redundancy an entry is on two servers, which are asked at the same time:
 *
 *   first  second   set         get                  delete
 *   up     up       on both     the newest of both   on both
 *   down   up       on second   from the second      on the second
 *   up     down     on first    from the first       on the first
 *   down   down     failure     failure              failure
 *
 * A failure names both servers and both reasons. read.h, write.h and change.h have the operations.
 * Each works on any number of keys at once: every round asks all servers at the same time, each for
 * all of its keys. Each entry has its own status afterwards. The operation returns SD_OK, or the
 * status of a failure with its text in *error:
 *
 *   SD_NO_SERVERS, SD_NO_ROTATION   before any server was asked
 *   SD_ABORTED, SD_NO_MEMORY        a user's transport gave up, or a sink had no room; these end
 *                                   the operation, and no server is asked after them
 *   any other                       the status of the first entry that failed
 *
 * Nothing is allocated while an operation runs, so a sink or a user's transport may leave by
 * longjmp at any time.
 */

#ifndef SD_OPERATION_H
#define SD_OPERATION_H

#include "client/entry.h"
#include "client/options.h"
#include "client/pool/pool.h"
#include "client/transport/transport.h"

/* What an operation needs to know. All of it outlives the operation. */
struct sd_policy {
	struct sd_transport *transport;   /* borrowed; for servers that have none of their own */
	const struct sd_options *options; /* borrowed */
	struct sd_pool pool;
};

/* A policy with an empty pool, which sd_pool_add() fills and sd_pool_clear() frees. */
void sd_policy_init(struct sd_policy *policy, struct sd_transport *transport,
                    const struct sd_options *options, bool redundancy);

/* Milliseconds on the transport's clock. */
static inline int64_t sd_operation_now_ms(const struct sd_policy *policy)
{
	return policy->transport->now_ms(policy->transport);
}

/* A new version for an entry that has begun; transport.h says by whose clock. */
static inline uint64_t sd_operation_new_version(const struct sd_policy *policy,
                                                const struct sd_entry *entry)
{
	const struct sd_replica *replicas = entry->replicas;

	return policy->transport->new_version(policy->transport, replicas[0].exchange.server,
	                                      replicas[entry->owners - 1].exchange.server);
}

/* Finds the servers of each entry, unless it has begun before, and starts the time that the
 * operation may take. SD_OK, SD_NO_SERVERS or SD_NO_ROTATION. */
enum sd_status sd_operation_begin(const struct sd_policy *policy, struct sd_entry *entries,
                                  size_t count, int64_t now_ms, struct sd_error *error);

/* Whether two servers stand behind the server's name: what one of them says, of a lock above all,
 * binds nobody who reaches the other. */
static inline bool sd_operation_is_ambiguous(const struct sd_policy *policy,
                                             const struct sd_server *server)
{
	struct sd_transport *transport = policy->transport;

	return transport->has_odd_names && server->transport == NULL &&
	       transport->is_ambiguous(transport, server);
}

/* {{{ a round: prepare what is asked, then perform it */

/* The time left of an operation that has begun; never 0, which would mean no limit. */
static inline int64_t sd_operation_time_left(const struct sd_entry *entry, int64_t now_ms)
{
	int64_t left_ms = entry->deadline_ms - now_ms;

	return left_ms > 0 ? left_ms : -1;
}

/* What one of two servers may use of the time that is left: if it is silent, the other one still
 * has time to answer. */
static inline int64_t sd_operation_share(int64_t left_ms)
{
	return left_ms > 1 ? left_ms / 2 : left_ms;
}

/* Prepares a request to one of the entry's servers, and makes it part of the next round. The server
 * has `limit_ms` for it; 0: the usual timeout. The previous reply is lost. */
static inline struct sd_exchange *sd_operation_prepare(struct sd_entry *entry, size_t owner,
                                                       enum sd_request_kind kind, int64_t limit_ms)
{
	struct sd_replica *replica = &entry->replicas[owner];
	struct sd_exchange *exchange = &replica->exchange;

	sd_exchange_init(exchange);
	exchange->request.kind = kind;
	exchange->request.key = entry->key;
	exchange->request.limit_ms = limit_ms;
	exchange->request.insists = entry->insists;
	exchange->request.is_session = entry->is_session;
	exchange->request.is_joined = entry->is_joined;
	if (kind == SD_SET) {
		exchange->request.data = entry->data;
	} else if (kind == SD_GET || kind == SD_ARITHMETIC) {
		exchange->request.sink = entry->sink;
	}
	replica->asked = true;
	return exchange;
}

/* Whether the server of a prepared request is known to be dead. Then the request has ended. */
bool sd_operation_skips(const struct sd_policy *policy, struct sd_exchange *exchange,
                        int64_t now_ms);

/* Performs all requests that are part of the round, at the same time. Their time begins at
 * `now_ms`. Returns whether there was one. */
bool sd_operation_perform(const struct sd_policy *policy, struct sd_entry *entries, size_t count,
                          int64_t now_ms);

/* Performs requests that belong to no entry, at the same time, in a list by `next`; or one alone.
 */
void sd_operation_perform_list(const struct sd_policy *policy, struct sd_exchange *exchanges);
void sd_operation_perform_one(const struct sd_policy *policy, struct sd_exchange *exchange);

/* Whether a server may have performed a write of this operation though nobody heard of it
 * (sd_exchange_is_in_doubt()). Then it is not made once more, and no other server makes it: others
 * may have seen it, and written over it. */
static inline bool sd_operation_is_in_doubt(const struct sd_entry *entry)
{
	bool is_in_doubt = false;

	for (size_t i = 0; i < entry->owners; i++) {
		is_in_doubt |= entry->replicas[i].exchange.may_have_written;
	}
	return is_in_doubt;
}

/* }}} */

/* {{{ asking in spite of marks */

/* An operation on those entries, from begin to verdict; `how` is what it does to them. */
typedef enum sd_status sd_operation_once(const struct sd_policy *policy, struct sd_entry *entries,
                                         size_t count, void *how, struct sd_error *error);

/*
 * An operation was not settled by the servers that are not marked dead: none is left, or what they
 * have is unproven. So it is done once more, in what is left of its time, on each entry that failed
 * and has a server that refused and was not asked. That one may be back, and to ask it costs
 * nothing. So it is if two names that led to one server lead to two by now. Returns the status of
 * the whole.
 */
enum sd_status sd_operation_insist(const struct sd_policy *policy, struct sd_entry *entries,
                                   size_t count, sd_operation_once *once, void *how,
                                   enum sd_status status, struct sd_error *error);

/* Does the operation, and insists if it is not settled. */
static inline enum sd_status sd_operation_run(const struct sd_policy *policy,
                                              struct sd_entry *entries, size_t count,
                                              sd_operation_once *once, void *how,
                                              struct sd_error *error)
{
	enum sd_status status = once(policy, entries, count, how, error);

	return sd_status_is_failure(status)
	           ? sd_operation_insist(policy, entries, count, once, how, status, error)
	           : status;
}

/* Whether both names of an entry led to one server, so that one of them was asked alone, and that
 * one leads to another server by now. Nothing was done there, and both are to be asked. */
static inline bool sd_operation_has_parted(const struct sd_entry *entry)
{
	return entry->replicas[0].exchange.has_parted;
}

/* When the outage of an entry's servers that are marked dead and refuse began; of several, the
 * latest. 0: none of them refuses. */
int64_t sd_operation_refusing_since(const struct sd_policy *policy, const struct sd_entry *entry);

/* }}} */

/* {{{ the verdict */

/* Whether the caller itself ended the operation, by its code or for lack of its memory. Another
 * server could not help. */
static inline bool sd_operation_is_callers_end(enum sd_status status)
{
	return status == SD_ABORTED || status == SD_NO_MEMORY;
}

/* The status with which the caller ended the operation on this entry, or SD_OK. */
static inline enum sd_status sd_operation_callers_end(const struct sd_entry *entry)
{
	for (size_t i = 0; i < entry->owners; i++) {
		enum sd_status status = entry->replicas[i].exchange.reply.status;

		if (sd_operation_is_callers_end(status)) {
			return status;
		}
	}
	return SD_OK;
}

/* Whether the caller ended the operation on any of the entries. Then no server is asked again. */
static inline bool sd_operation_is_given_up(const struct sd_entry *entries, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (sd_operation_callers_end(&entries[i]) != SD_OK) {
			return true;
		}
	}
	return false;
}

/* Counts the failovers of an entry that did not fail: the servers that did, while its other server
 * did not. */
void sd_operation_count_failovers(const struct sd_policy *policy, const struct sd_entry *entry);

/* The operation's status: SD_OK, or that of the first entry that failed, explained. Counts the
 * failovers of the others. */
enum sd_status sd_operation_verdict_of_many(const struct sd_policy *policy,
                                            const struct sd_entry *entries, size_t count,
                                            struct sd_error *error);

/* The same, without a call for the usual entry: one that did not fail, and that has one server. */
static inline enum sd_status sd_operation_verdict(const struct sd_policy *policy,
                                                  const struct sd_entry *entries, size_t count,
                                                  struct sd_error *error)
{
	return count == 1 && !policy->pool.redundancy && !sd_status_is_failure(entries[0].status)
	           ? SD_OK
	           : sd_operation_verdict_of_many(policy, entries, count, error);
}

/* The status of one exchange, explained if it is a failure. */
enum sd_status sd_operation_verdict_of_one(const struct sd_exchange *exchange,
                                           struct sd_error *error);

/* Adds the reason why an exchange failed to the text of *error. */
void sd_operation_add_reason(struct sd_error *error, const struct sd_exchange *exchange);

/* }}} */

/* One raw classic request to one server, in the pool or not; the answer goes to the sink. */
enum sd_status sd_operation_send(struct sd_transport *transport, const struct sd_options *options,
                                 const struct sd_server *server, struct sd_bytes request,
                                 struct sd_sink *sink, struct sd_error *error);

#endif
