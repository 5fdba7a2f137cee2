/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * A channel: one socket that an operation waits for. There are two kinds: a kept
 * connection with requests on it, and a classic request. wait.c drives both by the
 * table below, without knowing which kind a channel is.
 */

#ifndef SD_CHANNEL_H
#define SD_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/net/platform.h"

struct sd_node;

/* How often one step of a channel sends or receives at most, whatever the system answers: then the
 * deadline is checked. */
#define SD_CHANNEL_CALLS_MAX 16

enum sd_channel_state {
	SD_CHANNEL_BUSY,
	SD_CHANNEL_DONE,   /* all its exchanges have ended */
	SD_CHANNEL_SILENT, /* the server closed without a byte where a classic one may mean something
	                      by it: that it is classic, or that there is no such entry. The exchanges
	                      have not ended, and belong to the caller: a connection's list `head`, a
	                      classic request's `exchange`. */
};

struct sd_channel {
	const struct sd_channel_kind *kind;
	struct sd_node *node; /* borrowed: the server's */
	size_t received;      /* bytes of answers, in this operation */
	size_t sent;          /* bytes of requests, in this operation */
	size_t noticed;       /* of `received`, when it was asked what it wants */
	int64_t noticed_ms;   /* when the latest of them came */
	size_t noticed_sent;  /* the same of `sent` */
	int64_t taken_ms;     /* when the system took the latest of them: a long value takes its time */
	int64_t vain_ms;      /* when a poll began, the latest of those after which the first of them
	                         had still not come; 0: none */
	unsigned vain;        /* how often in a row its socket was ready without any effect */
	bool is_persistent;   /* await() may be called when it only reads */
	enum sd_channel_state state;
};

/* An operation begins on the channel. */
static inline void sd_channel_begin(struct sd_channel *channel)
{
	channel->received = channel->sent = 0;
	channel->noticed = channel->noticed_sent = 0;
	channel->noticed_ms = channel->taken_ms = channel->vain_ms = 0;
	channel->vain = 0;
}

/* When its line last did anything: bytes came, or were taken. 0: it has done nothing. */
static inline int64_t sd_channel_moved_ms(const struct sd_channel *channel)
{
	return channel->taken_ms > channel->noticed_ms ? channel->taken_ms : channel->noticed_ms;
}

/* What can be done with a busy channel. Each function except wants() returns the new state. */
struct sd_channel_kind {
	bool is_connection; /* a kept one; else a classic request */
	/* What the channel waits for, and until when. If it does not wait for writing it is connected
	 * and has sent all: it only reads. */
	void (*wants)(const struct sd_channel *channel, struct sd_socket_wait *wait,
	              int64_t *deadline_ms);
	/* Sends and receives what is possible without a wait, by at most SD_CHANNEL_CALLS_MAX calls
	 * each. */
	enum sd_channel_state (*advance)(struct sd_channel *channel);
	/* Waits for an answer, for at most SD_PLATFORM_PATIENCE_MS, and receives it. Only for a
	 * persistent channel that only reads. */
	enum sd_channel_state (*await)(struct sd_channel *channel);
	/* Its deadline has passed. */
	enum sd_channel_state (*expire)(struct sd_channel *channel);
	/* Its server has been marked dead: the exchanges without an answer end with SD_DEAD. */
	enum sd_channel_state (*give_up)(struct sd_channel *channel, const char *reason);
};

#endif
