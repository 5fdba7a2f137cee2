/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * What an operation is about: keys, what is to be done with them, and what
 * became of each. Plain values in the caller's memory, so that an operation
 * allocates nothing.
 */

#ifndef SD_ITEM_H
#define SD_ITEM_H

#include "client/transport/request.h"

#define SD_OWNERS_MAX 2 /* servers of a key */

/* One key of an operation, and what became of it. Initialised by sd_item_init(), or zero, but for
 * what is asked. */
struct sd_item {
	struct sd_bytes key;
	struct sd_bytes data; /* what is to be stored */
	struct sd_sink *sink; /* where what is fetched goes */
	bool wants_version;   /* a read tells `version` */

	enum sd_status status;
	unsigned stored;  /* by a write: the number of servers that hold it now */
	uint64_t version; /* of what was found, where a read was asked for it; of what was changed */

	/* the cluster's own */
	size_t owners;
	int64_t deadline_ms;
	bool again;    /* to be asked once more */
	bool outdated; /* what the first has is known to be older than what the second has */
	struct sd_exchange exchanges[SD_OWNERS_MAX]; /* with the first server and the second; last, for
	                                                the cluster initialises those of the owners */
};

/* An item about that key, of which nothing is asked yet. */
static inline void sd_item_init(struct sd_item *item, struct sd_bytes key)
{
	memset(item, 0, offsetof(struct sd_item, exchanges));
	item->key = key;
}

/* A write that depends on what is there. */
enum sd_change_kind {
	SD_ADD,     /* only where there is none */
	SD_REPLACE, /* only where there is one */
	SD_CAS,     /* only where its version is `version` */
	SD_ADJUST,  /* adds `delta` to the number that is there, or takes it away */
};

struct sd_change {
	enum sd_change_kind kind;
	int64_t ttl; /* seconds; 0: as long as the server likes; of SD_ADJUST not looked at */
	uint64_t version;
	uint64_t delta;
	bool decrement;
	int64_t
		deadline_ms; /* by when it must be over, on the transport's clock; 0: in the usual time */
};

#endif
