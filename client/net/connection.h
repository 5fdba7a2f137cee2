/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * A kept connection to a server that speaks the meta protocol: requests go out
 * one behind the other, answers come in the same order, and it stays open for
 * the next operation. By the first answer it finds out what the server is.
 *
 * What keeps one request's answer from being taken for another's (design, 8):
 * each request has an opaque token that its answer must return; a link that is
 * busy when an operation begins was left by a longjmp and is closed; one that
 * has something to read, or has ended, before anything was asked is closed too.
 */

#ifndef SD_LINK_H
#define SD_LINK_H

#include "client/net/dial.h"
#include "client/transport/request.h"

#define SD_LINK_OUT 16384      /* bytes of requests that are written at once */
#define SD_LINK_IN 65536       /* bytes of answers that are read at once */
#define SD_LINK_VERSION_MAX 32 /* bytes, terminator included */

/* What all links of a thread number and count together. */
struct sd_link_shared {
	struct sd_resolver *resolver;
	uint64_t opaque;       /* the last that was given */
	uint64_t connections;  /* opened so far: each one's number */
	uint64_t last_version; /* the largest that came in an answer or was given */
	uint64_t chance;       /* what is added to versions, so that no two processes give the same */
};

/* A number by chance, another one in each process. */
static inline uint64_t sd_link_chance(struct sd_link_shared *shared)
{
	shared->chance = (shared->chance ^ (uint64_t)sd_platform_process()) * 6364136223846793005u + 1;
	return shared->chance;
}

/* What a server is, beyond speaking the meta protocol. */
enum sd_dialect {
	SD_SHAREDANCED,
	SD_MEMCACHED,     /* without G, U, locks and keys of more than 250 bytes */
	SD_OLD_MEMCACHED, /* and without E: no versions that order writes on two servers */
};

enum sd_link_phase {
	SD_LINK_CLOSED,
	SD_LINK_CONNECTING,
	SD_LINK_GREETING, /* the greeting is on its way, or its answer */
	SD_LINK_READY,
};

/* Zero-initialised it is closed. */
struct sd_link {
	struct sd_link_shared *shared;
	struct sd_dial dial;
	enum sd_link_phase phase;
	enum sd_dialect dialect;
	char version[SD_LINK_VERSION_MAX]; /* the server's own words; "": not known */
	struct sd_traffic *traffic;        /* borrowed: where bytes are counted */
	uint64_t connection;               /* its number */
	int64_t began_ms;

	struct sd_exchange *head; /* the oldest without an answer; NULL: not busy */
	struct sd_exchange *tail;
	struct sd_exchange *unsent; /* the first that is not in `out` yet */
	bool reused;                /* the connection stood before this operation */
	size_t heard;               /* bytes that came in this operation */
	bool doubtful;              /* an answer came without its token: not to be kept */

	uint8_t out[SD_LINK_OUT];
	size_t out_length;
	size_t out_sent;
	struct sd_bytes body; /* a long value, sent from where it is, behind `out` */
	size_t body_sent;

	uint8_t in[SD_LINK_IN];
	size_t in_start;
	size_t in_end;
	unsigned greetings;  /* answers to the greeting that came */
	bool in_value;       /* the head's line came; its value, or the end of that, is under way */
	uint64_t value_left; /* bytes */
};

enum sd_link_state {
	SD_LINK_BUSY,
	SD_LINK_DONE,       /* all exchanges have ended */
	SD_LINK_IS_CLASSIC, /* the server closed on the greeting: its exchanges are to be asked by the
	                       classic protocol; they hang on `head`, which is the caller's now */
};

/* Appends an exchange to those that the next sd_link_begin() asks. */
static inline void sd_link_add(struct sd_link *link, struct sd_exchange *exchange)
{
	exchange->queued = NULL;
	if (link->head == NULL) {
		link->head = exchange;
	} else {
		link->tail->queued = exchange;
	}
	link->tail = exchange;
}

/* Begins to ask them at that time, on the connection that stands or on a new one. */
enum sd_link_state sd_link_begin(struct sd_link *link, int64_t now_ms);

/* What a busy link waits for, and until when. */
void sd_link_wants(const struct sd_link *link, struct sd_wait *wait, int64_t *deadline_ms);

/* Whether it is connected and has sent all: nothing but answers is to be waited for. */
bool sd_link_only_reads(const struct sd_link *link);

/* Waits for an answer of such a link that is greeted, SD_PLATFORM_PATIENCE_MS at the longest, and takes what came.
 */
enum sd_link_state sd_link_await(struct sd_link *link);

/* The socket is ready; the deadline has passed. */
enum sd_link_state sd_link_advance(struct sd_link *link);
enum sd_link_state sd_link_expire(struct sd_link *link);

/* Nothing is to be waited for any more: all without an answer end with SD_DEAD. */
enum sd_link_state sd_link_give_up(struct sd_link *link, const char *reason);

/* Closes it and forgets its exchanges, which are not touched. Nothing goes out on the wire, so a
 * child can do so with what it inherited. */
void sd_link_close(struct sd_link *link);

#endif
