/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What the store needs from time to time; see upkeep.h. A turn's requests may have a batch open when a
 * timer fires: it only notes that, and the turn's end does the work. */

#include "upkeep.h"

#include <event2/event.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/time.h>

#include "log.h"
#include "loop.h"
#include "store.h"

#define ENTRIES_PER_TURN 100 /* that are swept: well below a millisecond */

static const struct timeval next_turn = {0, 0};
static const struct timeval sweep_pause = {1, 0}; /* after a turn that found nothing left */
static const struct timeval commit_pause = {0, 200000};

/* A timer, and whether its time has come. */
struct timer {
	struct event *event;
	bool due;
};

struct sdd_upkeep {
	struct sdd_store *store;
	struct timer sweep;
	struct timer commit; /* pending while something waits for it */
	bool failing;
};

static void on_time(evutil_socket_t descriptor, short what, void *argument)
{
	struct timer *timer = argument;

	(void)descriptor;
	(void)what;
	timer->due = true;
}

static bool is_time(struct timer *timer)
{
	bool due = timer->due;

	timer->due = false;
	return due;
}

static void sweep(struct sdd_upkeep *upkeep)
{
	size_t seen;
	enum sdd_result result =
	    sdd_store_sweep(upkeep->store, sdd_loop_now_ms(), ENTRIES_PER_TURN, &seen);

	if (result != SDD_DONE && !upkeep->failing) {
		sdd_log(SDD_LOG_ERROR, "expired entries cannot be removed: %s",
		        sdd_store_reason(upkeep->store));
	}
	upkeep->failing = result != SDD_DONE;
	(void)event_add(upkeep->sweep.event, result == SDD_DONE && seen == ENTRIES_PER_TURN
	                                         ? &next_turn
	                                         : &sweep_pause);
}

void sdd_upkeep_end_turn(struct sdd_upkeep *upkeep)
{
	if (is_time(&upkeep->sweep)) {
		sweep(upkeep);
	}
	if (is_time(&upkeep->commit)) {
		sdd_store_look(upkeep->store);
	}
	if (sdd_store_is_uncommitted(upkeep->store) &&
	    !event_pending(upkeep->commit.event, EV_TIMEOUT, NULL)) {
		(void)event_add(upkeep->commit.event, &commit_pause);
	}
}

struct sdd_upkeep *sdd_upkeep_new(struct event_base *base, struct sdd_store *store)
{
	struct sdd_upkeep *upkeep = calloc(1, sizeof(*upkeep));

	if (upkeep == NULL) {
		return NULL;
	}
	upkeep->store = store;
	upkeep->sweep.event = evtimer_new(base, on_time, &upkeep->sweep);
	upkeep->commit.event = evtimer_new(base, on_time, &upkeep->commit);
	if (upkeep->sweep.event == NULL || upkeep->commit.event == NULL) {
		sdd_upkeep_free(upkeep);
		return NULL;
	}
	upkeep->sweep.due = true;
	sdd_upkeep_end_turn(upkeep);
	return upkeep;
}

void sdd_upkeep_free(struct sdd_upkeep *upkeep)
{
	if (upkeep == NULL) {
		return;
	}
	if (upkeep->sweep.event != NULL) {
		event_free(upkeep->sweep.event);
	}
	if (upkeep->commit.event != NULL) {
		event_free(upkeep->commit.event);
	}
	free(upkeep);
}
