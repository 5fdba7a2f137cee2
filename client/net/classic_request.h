/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * One request by the classic protocol, on a connection of its own: connect, send, and
 * read until the server closes.
 */

#ifndef SD_CLASSIC_REQUEST_H
#define SD_CLASSIC_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/info.h"
#include "client/net/channel.h"
#include "client/net/dial.h"
#include "client/transport/classic.h"
#include "client/transport/request.h"

enum sd_classic_request_phase {
	SD_CLASSIC_REQUEST_CONNECTING,
	SD_CLASSIC_REQUEST_SENDING,
	SD_CLASSIC_REQUEST_RECEIVING,
};

/* A request is active, its exchange not NULL, from before the first byte is sent until the exchange
 * has ended, or was taken by the caller (SD_CHANNEL_SILENT). Its socket is open only while it is
 * active. Zero-initialised it is not active. */
struct sd_classic_request {
	struct sd_channel channel; /* first: a classic request is a channel */
	struct sd_exchange *exchange;
	bool is_proven; /* the server had proven to be classic when this began; the caller's */
	struct sd_dial dial;
	enum sd_classic_request_phase phase;
	int64_t began_ms;

	uint8_t head[SD_CLASSIC_HEAD_MAX]; /* what is sent before the data */
	size_t head_length;

	struct sd_traffic *traffic;               /* borrowed: where bytes are counted */
	uint8_t answer[SD_CLASSIC_OK_LENGTH + 1]; /* one byte more than allowed, to see an excess */
};

/* Begins a request that is not active, by an exchange that a classic server can perform
 * (sd_classic_suits()). `node` and `known` are the server's; all pointers are borrowed. */
enum sd_channel_state sd_classic_request_begin(struct sd_classic_request *classic,
                                               struct sd_node *node, struct sd_addresses *known,
                                               struct sd_traffic *traffic,
                                               struct sd_exchange *exchange);

/* Closes a request that a longjmp left, and forgets its exchange without touching it. */
void sd_classic_request_abandon(struct sd_classic_request *classic);

#endif
