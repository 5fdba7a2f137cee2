/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The proof that a server is classic; see proof.h. */

#include "client/net/proof.h"

#include "client/transport/classic.h"

bool sd_proof_await(struct sd_proof *proof, struct sd_exchange *exchange)
{
	struct sd_exchange *store = &proof->exchange;
	bool is_first = proof->waiting == NULL;
	int64_t answered_by_ms = exchange->deadline_ms - exchange->request.wait_ms;

	exchange->queued = NULL;
	if (is_first) {
		proof->waiting = exchange;
		sd_exchange_init(store);
		store->server = exchange->server;
		store->request.kind = SD_SET;
		store->request.key = (struct sd_bytes){SD_CLASSIC_PROOF_KEY, SD_CLASSIC_PROOF_KEY_LENGTH};
		store->request.data = (struct sd_bytes){SD_CLASSIC_PROOF_VALUE, SD_CLASSIC_PROOF_LENGTH};
		store->timed_out = false;
		store->evidence = SD_EVIDENCE_NONE;
		store->sent_ms = 0;
		store->deadline_ms = answered_by_ms;
		store->connect_ms = exchange->connect_ms;
		store->hurried = exchange->hurried;
		store->patience_ms = exchange->patience_ms;
		store->full_ms = exchange->full_ms;
	} else {
		proof->last->queued = exchange;
	}
	proof->last = exchange;
	/* those that wait continue after it, so the earliest of their deadlines counts */
	if (answered_by_ms < store->deadline_ms) {
		store->deadline_ms = answered_by_ms;
	}
	return is_first;
}

enum sd_channel_state sd_proof_begin(struct sd_proof *proof, struct sd_node *node,
                                     struct sd_addresses *known, struct sd_traffic *traffic)
{
	return sd_classic_request_begin(&proof->request, node, known, traffic, &proof->exchange);
}

bool sd_proof_is_given(const struct sd_proof *proof)
{
	return proof->exchange.reply.status == SD_OK;
}

int64_t sd_proof_given_ms(const struct sd_proof *proof)
{
	const struct sd_classic_request *request = &proof->request;

	return request->channel.vain_ms > request->began_ms ? request->channel.vain_ms
	                                                    : request->began_ms;
}

struct sd_exchange *sd_proof_take_waiting(struct sd_proof *proof)
{
	struct sd_exchange *waiting = proof->waiting;

	proof->waiting = NULL;
	return waiting;
}

void sd_proof_refuse(const struct sd_proof *proof, struct sd_exchange *exchange)
{
	const struct sd_reply *reply = &proof->exchange.reply;

	exchange->timed_out = proof->exchange.timed_out;
	exchange->hurried |= proof->exchange.hurried;
	exchange->evidence = proof->exchange.evidence;
	exchange->sent_ms = proof->exchange.sent_ms;
	if (reply->status == SD_REFUSED) {
		exchange->evidence = SD_EVIDENCE_WRONG;
		sd_exchange_end(exchange, SD_CLOSED,
		                "closed without an answer, and so was a connection with a classic store");
		return;
	}
	sd_exchange_end(exchange, reply->status,
	                "closed without an answer, and by the classic protocol: %s", reply->reason);
}

void sd_proof_abandon(struct sd_proof *proof)
{
	if (proof->request.exchange != NULL) {
		sd_classic_request_abandon(&proof->request);
	}
	proof->waiting = NULL;
}
