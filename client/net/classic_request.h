/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * One request by the classic protocol, on a connection of its own: connect,
 * send, read until the server closes.
 */

#ifndef SD_CALL_H
#define SD_CALL_H

#include "client/net/dial.h"
#include "client/transport/request.h"

enum sd_call_phase {
	SD_CALL_CONNECTING,
	SD_CALL_SENDING,
	SD_CALL_RECEIVING,
};

/* A call is active, its exchange not NULL, from before the first byte goes out until the exchange
 * has ended; its socket is open only while it is active. */
struct sd_call {
	struct sd_exchange *exchange;
	struct sd_dial dial;
	enum sd_call_phase phase;
	int64_t began_ms;

	uint8_t head[SD_CLASSIC_HEAD_MAX]; /* what goes out before the data */
	size_t head_length;
	size_t sent; /* of head and data together */

	struct sd_traffic *traffic;               /* borrowed: where bytes are counted */
	uint8_t answer[SD_CLASSIC_OK_LENGTH + 1]; /* one byte more than may come, to see that it does */
	size_t received;
};

/* Begins; what cannot be begun ends at once. The call is not active. `traffic` is borrowed. */
void sd_call_begin(struct sd_call *call, struct sd_resolver *resolver, struct sd_traffic *traffic,
                   struct sd_exchange *exchange);

/* What an active call waits for, and until when. */
void sd_call_wants(const struct sd_call *call, struct sd_wait *wait, int64_t *deadline_ms);

/* Whether it has sent all, and nothing but the answer is to be waited for. */
bool sd_call_only_reads(const struct sd_call *call);

/* The socket is ready; the deadline has passed. */
void sd_call_advance(struct sd_call *call);
void sd_call_expire(struct sd_call *call);

/* Nothing is to be waited for any more: it ends with SD_DEAD. */
void sd_call_give_up(struct sd_call *call, const char *reason);

/* Closes a call that a longjmp left; its exchange is gone and is not touched. */
void sd_call_abandon(struct sd_call *call);

#endif
