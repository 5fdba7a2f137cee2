/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Requests; see request.h, and turn.h for what a turn is. */

#include "server/protocol/dispatch.h"

#include <stdlib.h>

#include "server/protocol/classic.h"
#include "server/system/log.h"
#include "server/net/loop.h"
#include "server/protocol/meta.h"
#include "server/protocol/batch.h"

struct sdd_requests {
	struct sdd_turn turn;
	struct sdd_meta_state meta;
	uint64_t max_request_size;
	struct sdd_log_limit trouble;
};

/* Carries out the request at the head of the bytes, by the protocol that the connection speaks. */
static size_t execute(struct sdd_requests *requests, struct sdd_peer *peer, const uint8_t *bytes,
                      size_t length, enum sdd_result *result)
{
	bool kept = sdd_peer_is_kept(peer);

	if (!kept && sdd_classic_begins(bytes[0])) {
		return sdd_classic_execute(&requests->turn, peer, bytes, length,
		                           requests->max_request_size, result);
	}
	if (kept || sdd_meta_begins(bytes, length)) {
		sdd_peer_keep(peer);
		return sdd_meta_execute(&requests->turn, &requests->meta, peer, bytes, length,
		                        requests->max_request_size, result);
	}
	sdd_log(SDD_LOG_WARNING, "%s: refused: unknown command", sdd_peer_address(peer));
	sdd_peer_finish(peer);
	return 0;
}

/* A store that is full or fails would have one line for each request. */
static void log_trouble(struct sdd_requests *requests, const struct sdd_peer *peer,
                        enum sdd_result result)
{
	sdd_log_limited(&requests->trouble, SDD_LOG_ERROR, "%s: refused, %s: %s",
	                sdd_peer_address(peer), result == SDD_FULL ? "no room" : "the store failed",
	                sdd_store_reason(requests->turn.store));
}

static bool is_trouble(enum sdd_result result)
{
	return result == SDD_FULL || result == SDD_FAILED;
}

/* Takes the answer back for "no": the classic protocol has a close for that. */
static void answer_no(struct sdd_peer *peer, size_t written)
{
	sdd_peer_take_back(peer, written);
	if (sdd_peer_is_kept(peer)) {
		sdd_meta_answer_no(peer);
	}
}

size_t sdd_requests_received(void *context, struct sdd_peer *peer, const uint8_t *bytes,
                             size_t length)
{
	struct sdd_requests *requests = context;
	struct sdd_turn *turn = &requests->turn;
	size_t written = sdd_peer_written(peer);
	enum sdd_result result = SDD_DONE;
	size_t consumed;

	if (turn->lost && !turn->alone) {
		return 0; /* it will be handed over again */
	}
	if (turn->now_ms == 0) {
		turn->now_ms = sdd_loop_now_ms();
	}
	consumed = execute(requests, peer, bytes, length, &result);
	if (turn->alone && sdd_store_in_batch(turn->store)) {
		enum sdd_result committed = sdd_store_commit(turn->store);

		result = is_trouble(result) ? result : committed;
	}
	if (is_trouble(result) && (turn->alone || !turn->lost)) {
		log_trouble(requests, peer, result);
		answer_no(peer, written);
	}
	return consumed;
}

void sdd_requests_end_turn(struct sdd_requests *requests, struct sdd_peers *peers)
{
	struct sdd_turn *turn = &requests->turn;

	if (sdd_store_in_batch(turn->store) && sdd_store_commit(turn->store) != SDD_DONE) {
		turn->lost = true;
	}
	if (turn->lost) {
		sdd_store_end_reading(turn->store);
		sdd_locks_replay(requests->meta.locks);
		turn->alone = true;
		sdd_peers_replay(peers);
		turn->alone = false;
		turn->lost = false;
	}
	sdd_store_end_reading(turn->store);
	sdd_locks_end_turn(requests->meta.locks);
	sdd_peers_flush(peers);
	turn->now_ms = 0;
}

void sdd_requests_closing(void *context, void *attachment)
{
	(void)context;
	sdd_lock_owner_end(attachment);
}

struct sdd_requests *sdd_requests_new(struct event_base *base, struct sdd_store *store,
                                      uint64_t max_request_size, int64_t expiration_ms)
{
	static const struct sdd_lock_handler lock_handler = {.decided = sdd_meta_lock_decided};
	struct sdd_requests *requests = calloc(1, sizeof(*requests));

	if (requests != NULL) {
		requests->turn.store = store;
		requests->turn.expiration_ms = expiration_ms;
		requests->max_request_size = max_request_size;
		requests->meta.since_ms = sdd_loop_now_ms();
		requests->meta.access = sdd_access_new();
		requests->meta.locks = sdd_locks_new(base, &lock_handler);
		if (requests->meta.access == NULL || requests->meta.locks == NULL) {
			sdd_requests_free(requests);
			return NULL;
		}
	}
	return requests;
}

void sdd_requests_free(struct sdd_requests *requests)
{
	if (requests != NULL) {
		sdd_access_free(requests->meta.access);
		sdd_locks_free(requests->meta.locks);
		free(requests);
	}
}
