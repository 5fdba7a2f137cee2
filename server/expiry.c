/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The sweep; see expiry.h. */

#include "expiry.h"

#include <event2/event.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/time.h>

#include "log.h"
#include "loop.h"
#include "store.h"

#define ENTRIES_PER_TURN 100 /* well below a millisecond */
#define PAUSE_SECONDS 1      /* after a turn that found nothing left */

struct sdd_expiry {
	struct sdd_store *store;
	struct event *timer;
	bool due;
	bool failing;
};

/* A turn's requests may have a batch open: the sweep, which has one of its own, waits for its end. */
static void on_time(evutil_socket_t descriptor, short what, void *argument)
{
	struct sdd_expiry *expiry = argument;

	(void)descriptor;
	(void)what;
	expiry->due = true;
}

void sdd_expiry_end_turn(struct sdd_expiry *expiry)
{
	static const struct timeval pause = {PAUSE_SECONDS, 0};
	static const struct timeval next_turn = {0, 0};
	enum sdd_result result;
	size_t seen;

	if (!expiry->due) {
		return;
	}
	expiry->due = false;
	result = sdd_store_sweep(expiry->store, sdd_loop_now_ms(), ENTRIES_PER_TURN, &seen);
	if (result != SDD_DONE && !expiry->failing) {
		sdd_log(SDD_LOG_ERROR, "expired entries cannot be removed: %s",
		        sdd_store_reason(expiry->store));
	}
	expiry->failing = result != SDD_DONE;
	(void)event_add(expiry->timer,
	                result == SDD_DONE && seen == ENTRIES_PER_TURN ? &next_turn : &pause);
}

struct sdd_expiry *sdd_expiry_new(struct event_base *base, struct sdd_store *store)
{
	struct sdd_expiry *expiry = calloc(1, sizeof(*expiry));

	if (expiry == NULL) {
		return NULL;
	}
	expiry->store = store;
	expiry->timer = evtimer_new(base, on_time, expiry);
	if (expiry->timer == NULL) {
		free(expiry);
		return NULL;
	}
	expiry->due = true;
	sdd_expiry_end_turn(expiry);
	return expiry;
}

void sdd_expiry_free(struct sdd_expiry *expiry)
{
	if (expiry != NULL) {
		event_free(expiry->timer);
		free(expiry);
	}
}
